import { CannotTranslate, emptyDraft, note, own, recipeNameFrom, type DocumentContext, type Draft } from './draft.ts';
import { addComponentArns } from './image-builder-arns.ts';

/* oxlint-disable typescript/no-explicit-any -- documents of others, read key by key */
type Json = Record<string, any>;

/** What a document of EC2 Image Builder is, by its keys. */
export function documentKind(
  document: unknown,
): 'component' | 'recipe' | 'infrastructure' | 'distribution' | undefined {
  if (typeof document !== 'object' || document === null) return undefined;
  const { phases, imageRecipe, infrastructureConfiguration, distributionConfiguration } = document as Json;
  if (Array.isArray(phases)) return 'component';
  if (imageRecipe) return 'recipe';
  if (infrastructureConfiguration) return 'infrastructure';
  return distributionConfiguration ? 'distribution' : undefined;
}

/** Adds a document of EC2 Image Builder to a recipe. Components are added by addComponent. */
export function addImageBuilder(document: unknown, context: DocumentContext): void {
  const given = document as Json;
  const kind = documentKind(document);
  if (kind === 'recipe') {
    const { components, ...others } = given['imageRecipe'] as Json;
    each(others, recipeKeys, context);
    addComponentArns((components ?? []) as Json[], context);
  } else if (kind === 'infrastructure') each(given['infrastructureConfiguration'], infrastructureKeys, context);
  else if (kind === 'distribution') {
    const { distributions = [], ...others } = given['distributionConfiguration'] as Json;
    each(others, {}, context);
    if (distributions.length > 0) context.draft.regions.clear(); // its own region is among them
    for (const one of distributions) addDistribution(one, context);
  }
}

/** For a new recipe from documents. */
export const imageBuilderDraft = emptyDraft;

type Keys = Record<string, (value: any, draft: Draft) => string>;

const cannot = (why: string): never => {
  throw new CannotTranslate(why);
};
const ofItself =
  /^(arn|date(Created|Updated)|type|platform|owner|version|tags|name|description|timeoutMinutes|stateless)$/;

function each(given: Json, keys: Keys, { draft, file, notes }: DocumentContext): void {
  for (const [what, value] of Object.entries(given)) {
    const translate = own(keys, what);
    if (translate) note(notes, { file, what }, () => translate(value, draft));
    else if (ofItself.test(what))
      notes.push({ file, what, result: 'not needed', says: 'Image Builder keeps it for itself' });
    else
      notes.push({
        file,
        what,
        result: 'not translated',
        says: 'no key of a recipe says this; docs/recipe.md has all keys',
      });
  }
}

const parents: [RegExp, (arn: string) => Record<string, string>][] = [
  [/^ami-[0-9a-f]+$/, (ami) => ({ ami, owner: 'self' })],
  [
    /image\/amazon-linux-2023-x86/,
    () => ({ parameter: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64', owner: 'amazon' }),
  ],
  [
    /image\/amazon-linux-2023-arm64/,
    () => ({ parameter: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64', owner: 'amazon' }),
  ],
  [
    /image\/ubuntu-server-24-lts-x86/,
    () => ({
      parameter: '/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id',
      owner: '099720109477',
    }),
  ],
  [
    /image\/ubuntu-server-24-lts-arm64/,
    () => ({
      parameter: '/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id',
      owner: '099720109477',
    }),
  ],
  [
    /image\/windows-server-2025-english-full-base-x86/,
    () => ({ parameter: '/aws/service/ami-windows-latest/Windows_Server-2025-English-Full-Base', owner: 'amazon' }),
  ],
  [
    /image\/windows-server-2022-english-full-base-x86/,
    () => ({ parameter: '/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base', owner: 'amazon' }),
  ],
];

const ebsKeys: [string, string][] = [
  ['volumeSize', 'sizeGiB'],
  ['volumeType', 'type'],
  ['encrypted', 'encrypted'],
  ['kmsKeyId', 'kmsKey'],
  ['iops', 'iops'],
  ['throughput', 'throughput'],
];

const recipeKeys: Keys = {
  name(value: string, draft) {
    draft.name = recipeNameFrom(value);
    return `name: ${draft.name}`;
  },
  description(value: string, draft) {
    draft.description = value;
    return 'description';
  },
  parentImage(value: string, draft) {
    const [, source] = parents.find(([pattern]) => pattern.test(value)) ?? [];
    if (!source)
      cannot(`write the source of ${value}: a parameter, a filter, an AMI, or the channel of another recipe`);
    else draft.source = source(value);
    return 'source';
  },
  blockDeviceMappings(list: Json[], draft) {
    for (const { deviceName: device, ebs = {} } of list) {
      const volume = Object.fromEntries(
        ebsKeys.flatMap(([theirs, ours]) => (ebs[theirs] === undefined ? [] : [[ours, ebs[theirs]]])),
      );
      if (/^\/dev\/(xvda|sda1)$/.test(device)) draft.builder['rootVolume'] = volume;
      else ((draft.builder['volumes'] ??= []) as Json[]).push({ device, ...volume });
    }
    return 'builder.rootVolume and builder.volumes';
  },
  additionalInstanceConfiguration({ userDataOverride }: Json, draft) {
    if (userDataOverride === undefined) return 'the SSM agent stays in the image';
    draft.builder['userData'] = Buffer.from(String(userDataOverride), 'base64').toString();
    return 'builder.userData';
  },
  workingDirectory: () => cannot('write workingDirectory at the steps that need it'),
};

const infrastructureKeys: Keys = {
  instanceTypes(value: string[], draft) {
    draft.builder['instanceTypes'] = value;
    return 'builder.instanceTypes';
  },
  instanceProfileName(value: string, draft) {
    draft.builder['instanceProfile'] = value;
    return 'builder.instanceProfile; its role needs AmazonSSMManagedInstanceCore';
  },
  securityGroupIds(value: string[], draft) {
    draft.builder['securityGroups'] = value;
    return 'builder.securityGroups; no inbound rule is needed';
  },
  subnetId(value: string, draft) {
    draft.builder['subnets'] = [value];
    return 'builder.subnets';
  },
  instanceMetadataOptions({ httpTokens }: Json, draft) {
    draft.image['imds'] = httpTokens === 'required' ? 'v2' : 'optional';
    return 'image.imds';
  },
  resourceTags(value: object, draft) {
    draft.builder['tags'] = value;
    return 'builder.tags';
  },
  keyPair: () =>
    cannot(
      'nobody logs in to the builder; a build that fails has the output of its steps: golden logs. The candidate can have one: builder.candidateKeyPair',
    ),
  snsTopicArn: () => cannot('the setting notify of the deployment, or its events (docs/launching.md)'),
  logging: () => cannot('the output of every step is in the artifact bucket: golden logs'),
  terminateInstanceOnFailure: () => 'a build that fails is always undone',
};

function addDistribution(
  { region, amiDistributionConfiguration: ami = {}, ...others }: Json,
  { draft, file, notes }: DocumentContext,
): void {
  const target: Record<string, unknown> = draft.regions.get(region) ?? {};
  draft.regions.set(region, target);
  const { launchPermission = {}, ...keys } = ami as Json;
  const what = `distribution to ${region}`;
  note(notes, { file, what }, () => {
    const {
      userIds = [],
      organizationArns = [],
      organizationalUnitArns = [],
      userGroups = [],
    } = launchPermission as Json;
    if (userIds.length > 0) target['accounts'] = userIds;
    if (organizationArns.length > 0) target['organizations'] = organizationArns;
    if (organizationalUnitArns.length > 0) target['organizationalUnits'] = organizationalUnitArns;
    if (userGroups.includes('all')) target['allowPublic'] = true;
    if (keys['kmsKeyId']) target['kmsKey'] = keys['kmsKeyId'];
    if (keys['amiTags']) target['tags'] = keys['amiTags'];
    if (keys['targetAccountIds']) target['copyTo'] = keys['targetAccountIds'].map((account: string) => ({ account }));
    return 'distribute[]; name the region of the pipeline home, if this is it';
  });
  for (const key of Object.keys(others))
    notes.push({
      file,
      what: `${what}, ${key}`,
      result: 'not translated',
      says:
        key === 'launchTemplateConfigurations' ? 'write distribute[].launchTemplate' : 'no key of a recipe says this',
    });
}
