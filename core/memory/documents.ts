import type { ArchiveRecord } from '../archive/archive-record.ts';
import type { Package } from '../guest/inventory.ts';
import type { Manifest } from '../build/manifest.ts';
import type { Plan } from '../build/plan.ts';
import type { RecipeRecord } from '../build/record.ts';
import type { RegionLook } from './shared-look.ts';
import type { ChannelName } from '../channel/channel-moves.ts';
import type { ChannelRecord } from '../channel/channel-record.ts';
import type { RegionStacks } from './region-stacks.ts';
import type { Revocation } from '../channel/revocation.ts';
import type { ChannelLedger } from '../distribute/channel.ts';
import type { RetireReport, SeenPolicies } from '../retire/retire-report.ts';
import type { Retirement } from '../retire/retirement.ts';
import type { BuildSharing } from '../share/build-sharing.ts';
import type { DriftReport } from '../share/drift.ts';
import type { ShareReport } from '../share/share-report.ts';
import type { FailedStep } from '../guest/steps/attempts.ts';
import type { SweepReport } from '../sweep/sweep-report.ts';
import type { BuildIdentity } from '../tags.ts';
import type { Hold } from '../undo/hold.ts';
import type { Settling } from '../undo/settling.ts';
import type { Together } from '../variants/together.ts';

/** `lock.json` of a recipe: the execution that builds it. */
export interface Lock {
  execution: string;
  build: string;
}

/** `owner.json` of a build. `cleansUpAfter`: the execution that died, if a clean-up or a sweep owns the build. */
export interface BuildLock extends Lock {
  cleansUpAfter?: string;
  /** A sweep took over a published build. It removes only what is not published. */
  published?: true;
}

/** A thing that tells by an event when it changes, and that states wait for. `region`: where the thing is. */
export interface Awaitable {
  kind: 'instance' | 'command' | 'image' | 'snapshots';
  region: string;
  /** Of a set of snapshots, the first id in the alphabet. */
  id: string;
}

/** A state that waits for something: its name, and the input of its function with the task token. */
interface WaitingTask {
  state: string;
  input: Record<string, unknown>;
}

/** A kind of JSON document in the bucket: the key of one, and the type of its content. `About` says what one is about. */
interface Kind<About, Content> {
  key: (about: About) => string;
  /** Only a type: no kind has such a value. */
  content?: Content;
}

const ofBuild = <Content>(name: string): Kind<BuildIdentity, Content> => ({
  key: ({ recipe, build }) => `builds/${recipe}/${build}/${name}`,
});

const ofRecipe = <Content>(name: string): Kind<{ recipe: string }, Content> => ({
  key: ({ recipe }) => `builds/${recipe}/${name}`,
});

const ofChannel = <Content>(): Kind<ChannelName, Content> => ({
  key: ({ recipe, channel }) => `builds/${recipe}/channels/${channel}.json`,
});

const ofRun = <Content>(kind: string): Kind<{ execution: string; startedAt: string }, Content> => ({
  key: ({ execution, startedAt }) => `reports/${kind}/${startedAt.slice(0, 10)}-${execution.split(':').at(-1)}.json`,
});

// "Makers" are the states that make, share or publish something.
/** The JSON documents that the pipeline keeps in its bucket. Only this table knows their keys and types. */
export const documents = {
  wait: { key: ({ kind, region, id }) => `waits/${kind}/${region}/${id}.json` } as Kind<Awaitable, WaitingTask>,
  regionLook: { key: ({ region }) => `waits/looks/${region}.json` } as Kind<{ region: string }, RegionLook>,
  regionStacks: { key: () => 'region-stacks.json' } as Kind<object, RegionStacks>,
  plan: ofBuild<Plan>('plan.json'),
  manifest: ofBuild<Manifest>('manifest.json'),
  ledger: ofBuild<ChannelLedger>('channel.json'),
  owner: ofBuild<BuildLock>('owner.json'),
  undone: ofBuild<string[]>('undone.json'),
  held: ofBuild<Hold>('held.json'),
  settling: ofBuild<Settling>('settling.json'),
  revocation: ofBuild<Revocation>('revocation.json'),
  lock: ofRecipe<Lock>('lock.json'),
  record: ofRecipe<RecipeRecord>('record.json'),
  variants: { key: ({ recipe, build }) => `builds/${recipe}/variants/${build}.json` } as Kind<BuildIdentity, Together>,
  channel: ofChannel<ChannelRecord>(),
  drift: ofRecipe<DriftReport>('drift.json'),
  sharing: ofBuild<BuildSharing>('sharing.json'),
  shareReport: ofRun<ShareReport>('share'),
  failedSteps: ofBuild<FailedStep[]>('failed-steps.json'),
  archive: ofBuild<ArchiveRecord>('archive.json'),
  packages: ofBuild<Package[]>('packages.json'),
  retirement: ofBuild<Retirement>('retirement.json'),
  retireReport: ofRun<RetireReport>('retire'),
  retirePolicies: { key: () => 'retire-policies.json' } as Kind<object, SeenPolicies>,
  sweepReport: ofRun<SweepReport>('sweep'),
};

export type DocumentName = keyof typeof documents;
/** What identifies one document of a kind: its build, its recipe, its channel, or its execution. */
export type DocumentSubject<Name extends DocumentName> = Parameters<(typeof documents)[Name]['key']>[0];
export type DocumentContent<Name extends DocumentName> = NonNullable<(typeof documents)[Name]['content']>;

export const keyOf = <Name extends DocumentName>(about: DocumentSubject<Name>, name: Name): string =>
  (documents[name].key as (about: DocumentSubject<Name>) => string)(about);

/** Reads the text of a document. */
export const parseDocument = <Name extends DocumentName>(_: Name, text: string): DocumentContent<Name> =>
  JSON.parse(text) as DocumentContent<Name>;

/** The waits for AMIs in a region. */
export const imageWaitsFolder = ({ region }: { region: string }): string => `waits/image/${region}/`;

/** The AMI of a key in that folder. */
export const amiOfWait = (key: string): string | undefined => /\/(ami-\w+)\.json$/.exec(key)?.[1];

/** A folder for each recipe. */
export const buildsFolder = 'builds/';

/** A folder for each build of a recipe, beside the recipe's own documents. */
export const recipeFolder = ({ recipe }: { recipe: string }): string => `builds/${recipe}/`;

/** The documents of a recipe's channels, and of the builds of its variants. */
export const channelsFolder = ({ recipe }: { recipe: string }): string => `builds/${recipe}/channels/`;
export const variantsFolder = ({ recipe }: { recipe: string }): string => `builds/${recipe}/variants/`;

export const buildFolder = ({ recipe, build }: BuildIdentity): string => `builds/${recipe}/${build}/`;

/** What the instances of a build download: archives of files, and scripts that are too large for SSM. Each is named by its digest. */
export const assets = {
  /** @param sha256 64 hexadecimal digits. */
  key: (sha256: string): string => `assets/${sha256}`,
};

/** The page of a build, which is HTML. */
export const pageObject = {
  key: ({ recipe, build }: BuildIdentity): string => `builds/${recipe}/${build}/report.html`,
};

/** The whole output of the commands of builder and candidate. The SSM agents write it, so no decision depends on it. */
export const commandOutput = {
  /** Where the output of a build's commands begins, or that of one command. */
  key: ({ recipe, build }: BuildIdentity, command?: string): string =>
    ['commands', recipe, build, ...(command === undefined ? [] : [command])].join('/'),
};
