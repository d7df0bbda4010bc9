import type { TemplateSeen } from '../publish/launch-templates.ts';
import type { LedgerTemplate } from '../publish/ledger-template.ts';

/** A launch template of a publish that is undone, as one look shows it. */
export interface UndoneTemplate extends LedgerTemplate {
  /** Absent where the launch template is gone. */
  seen?: TemplateSeen | undefined;
}

export type TemplateAction =
  /** The default version goes back to what it was. */
  | { do: 'default'; region: string; template: string; version: number }
  /** The version that the build made goes. */
  | { do: 'unversion'; region: string; template: string; version: number }
  /** EC2 does not show a launch template, so a person must look at it. */
  | { do: 'leave'; region: string; what: string; why: string };

interface SeenTemplates {
  templates: UndoneTemplate[];
  unseen: { of: string; region: string; answer: string }[];
}

/** By what servers still boot from an AMI, in words. Undefined where nothing names the AMI any more. */
export function holderOf(
  { channels, templates }: { channels: { region: string; ami?: string | undefined }[]; templates: UndoneTemplate[] },
  { region, id }: { region: string; id: string },
): string | undefined {
  if (channels.some((one) => one.region === region && one.ami === id)) return 'the channel points at it';
  const holds = templates.some((one) => one.region === region && one.ami === id && one.seen?.ours !== undefined);
  return holds ? 'a version of a launch template has it' : undefined;
}

/** Takes back what a publish made of launch templates. EC2 deletes no default version, so the default goes back first. */
export const decideTemplates = ({ templates, unseen }: SeenTemplates): TemplateAction[] => [
  ...unseen.flatMap(({ of, region, answer }): TemplateAction[] =>
    of === 'template' ? [{ do: 'leave', region, what: `launch templates in ${region}`, why: answer }] : [],
  ),
  ...templates.flatMap(({ region, template, before, seen }): TemplateAction[] => {
    const ours = seen?.ours;
    if (ours === undefined) return [];
    const back: TemplateAction[] = seen?.default === ours ? [{ do: 'default', region, template, version: before }] : [];
    return [...back, { do: 'unversion', region, template, version: ours }];
  }),
];
