import type { Manifest } from '../build/manifest.ts';
import type { Plan } from '../build/plan.ts';
import type { RecipeRecord } from '../build/record.ts';
import type { ChannelLedger } from '../distribute/channel.ts';
import type { SweepReport } from '../sweep/sweep-report.ts';
import type { BuildIdentity } from '../tags.ts';
import type { Settling } from '../undo/settling.ts';

/** `lock.json` of a recipe: the execution that builds it. */
export interface Lock {
  execution: string;
  build: string;
}

/** `owner.json` of a build. `cleansUpAfter`: the execution that died, if a clean-up or a sweep owns the build. */
export interface BuildLock extends Lock {
  cleansUpAfter?: string;
}

/** The words for docs/architecture.md. */
interface Words {
  holds: string;
  writtenBy: string;
  readBy: string;
}

/** A kind of JSON document in the bucket: the key of one, and the type of its content. `About` says what one is about. */
interface Kind<About, Content> extends Words {
  key: (about: About) => string;
  /** Only a type: no kind has such a value. */
  content?: Content;
}

const ofBuild = <Content>(name: string, words: Words): Kind<BuildIdentity, Content> => ({
  key: ({ recipe, build }) => `builds/${recipe}/${build}/${name}`,
  ...words,
});

const ofRecipe = <Content>(name: string, words: Words): Kind<{ recipe: string }, Content> => ({
  key: ({ recipe }) => `builds/${recipe}/${name}`,
  ...words,
});

const ofSweep = <Content>(words: Words): Kind<{ execution: string; startedAt: string }, Content> => ({
  key: ({ execution, startedAt }) => `reports/sweep/${startedAt.slice(0, 10)}-${execution.split(':').at(-1)}.json`,
  ...words,
});

/**
 * The JSON documents that the pipeline keeps in its bucket. Only this table knows their keys and types. "Makers" are the states
 * that make, share or publish something.
 */
export const documents = {
  plan: ofBuild<Plan>('plan.json', {
    holds: 'what the build does',
    writtenBy: 'Resolve; KeepUnjudged adds `unjudged`',
    readBy: 'most states of the build, `golden`',
  }),
  manifest: ofBuild<Manifest>('manifest.json', {
    holds: 'how the build ended',
    writtenBy: 'CleanUp, RecordFailure, RecordUpToDate',
    readBy: 'Resolve, RecordUpToDate, Compensate, RecordFailure, the sweep, `measureRecipes`, `notify`, `golden`',
  }),
  ledger: ofBuild<ChannelLedger>('channel.json', {
    holds: 'the ledger, what the channel held before and holds after',
    writtenBy: 'Publish; Compensate adds `takenBack`',
    readBy: 'Publish, Compensate, CleanUp, RecordFailure, the sweep',
  }),
  owner: ofBuild<BuildLock>('owner.json', {
    holds: 'the execution that may undo the build',
    writtenBy: 'Resolve; Compensate of clean-up-build and the sweep when they take over',
    readBy: 'Resolve, the makers, Compensate, the sweep, `golden`',
  }),
  undone: ofBuild<string[]>('undone.json', {
    holds: 'what was removed so far',
    writtenBy: 'Compensate',
    readBy: 'Compensate',
  }),
  settling: ofBuild<Settling>('settling.json', {
    holds: 'where a clean-up found nothing left',
    writtenBy: 'Compensate',
    readBy: 'Compensate',
  }),
  lock: ofRecipe<Lock>('lock.json', {
    holds: 'the execution that builds the recipe',
    writtenBy: 'Resolve',
    readBy: 'Resolve, the makers, `startBuild`, `golden cancel`',
  }),
  record: ofRecipe<RecipeRecord>('record.json', {
    holds: "the recipe's newest builds and failures",
    writtenBy: 'Resolve, CleanUp, RecordFailure',
    readBy: 'Resolve, `watchSources`, `startBuild`, `measureRecipes`',
  }),
  sweepReport: ofSweep<SweepReport>({
    holds: 'what a sweep removed, spared and left',
    writtenBy: 'the sweep',
    readBy: 'people',
  }),
};

export type DocumentName = keyof typeof documents;
/** What identifies one document of a kind: its build, its recipe, or its sweep. */
export type DocumentSubject<Name extends DocumentName> = Parameters<(typeof documents)[Name]['key']>[0];
export type DocumentContent<Name extends DocumentName> = NonNullable<(typeof documents)[Name]['content']>;

export const keyOf = <Name extends DocumentName>(about: DocumentSubject<Name>, name: Name): string =>
  (documents[name].key as (about: DocumentSubject<Name>) => string)(about);

/** Reads the text of a document. */
export const parseDocument = <Name extends DocumentName>(_: Name, text: string): DocumentContent<Name> =>
  JSON.parse(text) as DocumentContent<Name>;

/** A folder for each recipe. */
export const buildsFolder = 'builds/';

/** A folder for each build of a recipe, beside the recipe's own documents. */
export const recipeFolder = ({ recipe }: { recipe: string }): string => `builds/${recipe}/`;

export const buildFolder = ({ recipe, build }: BuildIdentity): string => `builds/${recipe}/${build}/`;

/** The whole output of the commands of builder and candidate. The SSM agents write it, so no decision depends on it. */
export const commandOutput = {
  /** Where the output of a build's commands begins, or that of one command. */
  key: ({ recipe, build }: BuildIdentity, command?: string): string =>
    ['commands', recipe, build, ...(command === undefined ? [] : [command])].join('/'),
  holds: 'whole output of every SSM command',
  writtenBy: 'the SSM agent of builder and candidate',
  readBy: 'AwaitCommand, AwaitCheck, CleanUp, RecordFailure, `golden logs`; no decision depends on it',
};
