import { isCancel, log, select, text } from '@clack/prompts';
import type { Readable, Writable } from 'node:stream';
import { explain } from '../../core/recipe/explain.ts';
import { homeRegion } from '../../core/recipe/regions.ts';
import { accountId, kmsKey, name as recipeName, organizationArn, region } from '../../core/recipe/scalars.ts';
import { distributions, type Architecture } from '../../core/starter/distributions.ts';
import type { AskInit } from './init.ts';

type Schema = Parameters<typeof explain>[0];

/** The person at the keyboard pressed Ctrl-C. */
class Cancelled extends Error {}

/** Why an answer is wrong by a part of the schema; undefined if it is right. */
const wrong = (schema: Schema, answer: unknown): string | undefined => explain(schema, answer).problems[0]?.message;
const listIn = (answer: string) => answer.split(/[\s,]+/).filter(Boolean);

interface Question {
  message: string;
  /** An example that is shown until something is typed. */
  placeholder: string;
  schema: Schema;
}

function asker(streams: { input: Readable; output: Writable }) {
  const answered = <T extends string>(answer: T | symbol): T => {
    if (isCancel(answer)) throw new Cancelled();
    return answer as T;
  };
  return {
    choose: async <T extends string>(message: string, options: { value: T; label: string }[]): Promise<T> =>
      answered(await select<string>({ ...streams, message, options })) as T,
    one: async ({ schema, ...question }: Question, optional = false): Promise<string> => {
      const validate = (answer = '') => (optional && answer === '' ? undefined : wrong(schema, answer));
      return answered(await text({ ...streams, ...question, validate })) ?? '';
    },
    several: async ({ schema, ...question }: Question): Promise<string[]> => {
      const validate = (answer = '') =>
        listIn(answer)
          .map((entry) => wrong(schema, entry))
          .find((problem) => problem !== undefined);
      return listIn(answered(await text({ ...streams, ...question, validate })) ?? '');
    },
  };
}

const questions = {
  name: { message: 'Name of the recipe and of its file', placeholder: 'team-base', schema: recipeName },
  regions: {
    message: "Further regions, besides the pipeline's own (may be empty)",
    placeholder: 'eu-west-1, us-west-2',
    schema: region,
  },
  accounts: {
    message: 'Accounts that may launch the image (may be empty)',
    placeholder: '111122223333, 444455556666',
    schema: accountId,
  },
  organization: {
    message: 'Organization that may launch the image, by ARN (may be empty)',
    placeholder: 'arn:aws:organizations::111122223333:organization/o-exampleorgid',
    schema: organizationArn,
  },
  kmsKey: {
    message: 'KMS key of the image, an alias that each region has (empty: the account decides)',
    placeholder: 'alias/golden',
    schema: kmsKey,
  },
  channel: {
    message: 'Channel that servers boot from (empty: stable)',
    placeholder: 'stable',
    schema: recipeName,
  },
};

const architectures: { value: Architecture; label: string }[] = [
  { value: 'x86_64', label: 'x86_64 (Intel, AMD)' },
  { value: 'arm64', label: 'arm64 (Graviton)' },
];

/** Asks the questions of `golden init` that the command line does not answer. */
export const askOn =
  (streams: { input: Readable; output: Writable }): AskInit =>
  async (name, options) => {
    const ask = asker(streams);
    const titles = Object.entries(distributions).map(([value, { title: label }]) => ({ value, label }));
    try {
      const given = name ?? (await ask.one(questions.name));
      const distribution = options.distribution ?? (await ask.choose('Distribution', titles));
      const isWindows = distributions[distribution]?.patching === 'windows';
      const architecture =
        options.architecture ?? (isWindows ? 'x86_64' : await ask.choose('Architecture', architectures));
      const regions = options.regions ?? [homeRegion, ...(await ask.several(questions.regions))];
      const accounts = options.accounts ?? (await ask.several(questions.accounts));
      const organization = options.organization ?? (await ask.several(questions.organization));
      const key = options.kmsKey ?? (await ask.one(questions.kmsKey, true));
      const channel = options.channel ?? ((await ask.one(questions.channel, true)) || 'stable');
      const shared = { regions, accounts, organization, ...(key && { kmsKey: key }) };
      return { ...options, name: given, distribution, architecture, ...shared, channel };
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error;
      log.warn('Nothing is written.', { output: streams.output });
      return undefined;
    }
  };
