import {
  asWritten,
  CannotTranslate,
  plainBoolean,
  plainList,
  mapOf,
  recipeNameFrom,
  plainText,
  type Draft,
  type Translation,
} from './draft.ts';
import { Unresolved, type Block, type Value } from './hcl.ts';
import { byTags } from './packer-network.ts';

const target = (draft: Draft, region: string) => {
  const name = region === draft.home ? 'home' : region;
  const known = draft.regions.get(name) ?? {};
  draft.regions.set(name, known);
  return known;
};
const root = (draft: Draft) => (draft.builder['rootVolume'] ??= {}) as Record<string, unknown>;
const cannot = (why: string): never => {
  throw new CannotTranslate(why);
};
const isRoot = (device: string) => /^\/dev\/(xvda|sda1)$/.test(device);

/** The tags whose values Packer does not fill in. */
function plainTags(value: Value): Record<string, string> {
  if (value instanceof Unresolved) plainText(value);
  const entries = Object.entries(mapOf(value));
  const left = entries
    .filter(([, each]) => each instanceof Unresolved || /\{\{/.test(asWritten(each)))
    .map(([key]) => key);
  if (left.length === entries.length && left.length > 0)
    cannot(`Packer fills in ${left.join(', ')}; the pipeline tags images with recipe, build and source by itself`);
  return Object.fromEntries(
    entries.filter(([key]) => !left.includes(key)).map(([key, each]) => [key, plainText(each)]),
  );
}

const volumeKeys: Record<string, string> = {
  volume_size: 'sizeGiB',
  volume_type: 'type',
  encrypted: 'encrypted',
  kms_key_id: 'kmsKey',
  iops: 'iops',
  throughput: 'throughput',
};

/** A volume, and the attributes of its block that a recipe cannot say. */
function volumeOf(block: Block): { volume: Record<string, unknown>; left: string[] } {
  const volume: Record<string, unknown> = {};
  const left: string[] = [];
  for (const { name, value } of block.attributes) {
    const [key, given] = [volumeKeys[name], value()];
    if (key !== undefined && given !== null) volume[key] = typeof given === 'object' ? plainText(given) : given;
    else if (key === undefined && !/^(device_name|delete_on_termination)$/.test(name)) left.push(name);
  }
  return { volume, left };
}

const without = (left: string[]) => (left.length > 0 ? `, without ${left.join(', ')}, which a recipe cannot say` : '');

const onlyOpens = '; leave it out if it only opens WinRM or SSH for Packer';

/** The attributes of a source `amazon-ebs` that a recipe can say. */
export const sourceAttributes: Record<string, Translation<Value>> = {
  ami_name(draft, value) {
    const { text, unknown } = value instanceof Unresolved ? value : new Unresolved(asWritten(value), []);
    draft.name = recipeNameFrom(unknown.reduce((rest, part) => rest.replace(part, () => ' '), text));
    const of = draft.name === '' ? 'that of the source' : 'what neither Packer nor a variable fills in';
    return `name: ${of}; --name gives another; an image is called <recipe>-<build>`;
  },
  ami_description(draft, value) {
    draft.description = plainText(value);
    return 'description';
  },
  instance_type(draft, value) {
    draft.builder['instanceTypes'] = plainList(value);
    return 'builder.instanceTypes; name more types, in case EC2 has no capacity';
  },
  spot_instance_types(draft, value) {
    draft.builder['instanceTypes'] = plainList(value);
    draft.builder['spot'] = true;
    return 'builder.instanceTypes and builder.spot';
  },
  spot_price(draft, value) {
    draft.builder['spot'] = true;
    if (plainText(value) !== 'auto') draft.builder['spotMaxPrice'] = plainText(value);
    return 'builder.spot';
  },
  source_ami(draft, value) {
    if (!/^ami-[0-9a-f]+$/.test(plainText(value))) cannot(`${plainText(value)} is no AMI id`);
    draft.source = { ami: plainText(value), owner: 'self' };
    return 'source.ami; owner: self is a guess, so name the owner of the AMI';
  },
  ami_regions(draft, value) {
    const regions = plainList(value);
    for (const region of regions) target(draft, region);
    const home = draft.home !== undefined && regions.includes(draft.home) && `; home stands for ${draft.home}`;
    return `distribute[].region${home || ''}`;
  },
  ami_users(draft, value) {
    draft.sharing['accounts'] = plainList(value);
    return 'distribute[].accounts';
  },
  ami_org_arns(draft, value) {
    draft.sharing['organizations'] = plainList(value);
    return 'distribute[].organizations';
  },
  ami_ou_arns(draft, value) {
    draft.sharing['organizationalUnits'] = plainList(value);
    return 'distribute[].organizationalUnits';
  },
  ami_groups(draft, value) {
    if (plainList(value).join() !== 'all') cannot('only the group all is known');
    draft.sharing['allowPublic'] = true;
    return 'distribute[].allowPublic';
  },
  encrypt_boot(draft, value) {
    const encrypted = plainBoolean(value);
    root(draft)['encrypted'] = encrypted;
    return 'builder.rootVolume.encrypted';
  },
  kms_key_id(draft, value) {
    const kmsKey = plainText(value);
    Object.assign(root(draft), { encrypted: true, kmsKey });
    return 'builder.rootVolume.kmsKey; every other region needs a kmsKey of its own';
  },
  region_kms_key_ids(draft, value) {
    for (const [region, key] of Object.entries(mapOf(value)))
      if (plainText(key) !== '') target(draft, region)['kmsKey'] = plainText(key);
    return 'distribute[].kmsKey';
  },
  subnet_id(draft, value) {
    draft.builder['subnets'] = plainList(value);
    return 'builder.subnets';
  },
  security_group_id(draft, value) {
    draft.builder['securityGroups'] = plainList(value);
    return 'builder.securityGroups; no inbound rule is needed';
  },
  security_group_ids(draft, value) {
    draft.builder['securityGroups'] = plainList(value);
    return 'builder.securityGroups; no inbound rule is needed';
  },
  associate_public_ip_address(draft, value) {
    draft.builder['publicIp'] = plainBoolean(value);
    return 'builder.publicIp; it needs subnets in the recipe or in the deployment';
  },
  iam_instance_profile(draft, value) {
    draft.builder['instanceProfile'] = plainText(value);
    return 'builder.instanceProfile; its role needs AmazonSSMManagedInstanceCore';
  },
  user_data(draft, value) {
    draft.builder['userData'] = plainText(value);
    return `builder.userData${onlyOpens}`;
  },
  user_data_file(draft, value) {
    draft.builder['userDataFile'] = fileBeside(plainText(value));
    return `builder.userDataFile; put the file beside the recipe as ${fileBeside(plainText(value))}${onlyOpens}`;
  },
  imds_support(draft, value) {
    draft.image['imds'] = plainText(value) === 'v2.0' ? 'v2' : 'optional';
    return 'image.imds';
  },
  run_tags(draft, value) {
    draft.builder['tags'] = plainTags(value);
    return 'builder.tags';
  },
  tenancy(draft, value) {
    draft.builder['tenancy'] = plainText(value);
    return 'builder.tenancy';
  },
  tags(draft, value) {
    draft.image['tags'] = plainTags(value);
    return 'image.tags; tags that Packer fills in are left out, since the pipeline tags images with recipe, build and source';
  },
};

/** A path below the recipe's folder. */
export const fileBeside = (path: string): string =>
  path.replace(/^(\$\{path\.(root|cwd)\}|\.)?\/+/, '').replaceAll(/(^|\/)\.\.\//g, '$1');

/** The blocks of a source `amazon-ebs` that a recipe can say. */
export const sourceBlocks: Record<string, Translation<Block>> = {
  source_ami_filter(draft, block) {
    const given = Object.fromEntries(block.attributes.map(({ name, value }) => [name, value()]));
    const inner = block.blocks.find(({ type }) => type === 'filters');
    const filters = inner
      ? Object.fromEntries(inner.attributes.map(({ name, value }) => [name, value()]))
      : mapOf(given['filters'] ?? {});
    const [owner, ...others] = plainList(given['owners'] ?? given['owner'] ?? []);
    const { name, architecture, 'virtualization-type': _type, 'root-device-type': _device, ...more } = filters;
    if (name === undefined || name === null)
      cannot('it has no filter name; write source.filter.name or source.parameter');
    draft.source = {
      filter: { name: plainText(name), ...(architecture !== undefined && { architecture: plainText(architecture) }) },
      owner: owner ?? 'self',
    };
    const left = [...Object.keys(more), ...others.map((one) => `owner ${one}`)];
    return `source.filter${without(left)}`;
  },
  launch_block_device_mappings(draft, block) {
    const device = plainText(block.attributes.find(({ name }) => name === 'device_name')?.value() ?? '');
    const { volume, left } = volumeOf(block);
    if (isRoot(device)) {
      Object.assign(root(draft), volume);
      return `builder.rootVolume${without(left)}`;
    }
    const volumes = (draft.builder['volumes'] ??= []) as unknown[];
    volumes.push({ device, ...volume });
    return `builder.volumes[${volumes.length - 1}]${without(left)}`;
  },
  ami_block_device_mappings(draft, block) {
    const given = Object.fromEntries(block.attributes.map(({ name, value }) => [name, value()]));
    const device = plainText(given['device_name'] ?? '');
    const [, ephemeral] = /^ephemeral(\d+)$/.exec(asWritten(given['virtual_name'])) ?? [];
    const says =
      given['no_device'] === true
        ? { drop: true }
        : ephemeral === undefined
          ? undefined
          : { ephemeral: Number(ephemeral) };
    if (!says) return cannot('a recipe describes volumes of the image under builder.volumes');
    ((draft.image['volumes'] ??= []) as unknown[]).push({ device, ...says });
    return 'image.volumes';
  },
  metadata_options(draft, block) {
    const given = Object.fromEntries(block.attributes.map(({ name, value }) => [name, value()]));
    const { http_tokens: tokens, http_put_response_hop_limit: hopLimit, instance_metadata_tags: tags } = given;
    const imds = {
      ...(typeof hopLimit === 'number' && { hopLimit }),
      ...(tags === 'enabled' && { tags: true }),
    };
    if (Object.keys(imds).length > 0) draft.builder['imds'] = imds;
    if (tokens === 'required') draft.image['imds'] = 'v2';
    return 'builder.imds and image.imds; both demand tokens, unless image.imds is optional';
  },
  vpc_filter: (draft, block) => byTags(draft, block, 'vpc'),
  subnet_filter: (draft, block) => byTags(draft, block, 'subnets'),
  security_group_filter: (draft, block) => byTags(draft, block, 'securityGroups'),
  tag(draft, block) {
    const given = Object.fromEntries(block.attributes.map(({ name, value }) => [name, value()]));
    draft.image['tags'] = { ...(draft.image['tags'] as object), [plainText(given['key'])]: plainText(given['value']) };
    return 'image.tags';
  },
};
