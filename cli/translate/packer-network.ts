import { CannotTranslate, mapOf, plainText, type Draft } from './draft.ts';
import type { Block } from './hcl.ts';

/** A part of the network that Packer finds by filters, if these are tags. */
export function byTags(draft: Draft, block: Block, part: 'vpc' | 'subnets' | 'securityGroups'): string {
  const inner = block.blocks.find(({ type }) => type === 'filters')?.attributes ?? [];
  const filters =
    inner.length > 0 ? Object.fromEntries(inner.map(({ name, value }) => [name, value()])) : filtersIn(block);
  const tags = Object.entries(filters).map(([name, value]) => [/^tag:(.+)/.exec(name)?.[1], plainText(value)]);
  if (tags.length === 0 || tags.some(([name]) => name === undefined))
    throw new CannotTranslate(`builder.network.${part} finds by tags only: write some that it has`);
  draft.builder['network'] = { ...(draft.builder['network'] as object), [part]: Object.fromEntries(tags) };
  return `builder.network.${part}`;
}

const filtersIn = (block: Block) => mapOf(block.attributes.find(({ name }) => name === 'filters')?.value() ?? {});
