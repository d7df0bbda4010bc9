import { sha256 } from '../digest.ts';
import type { BuildIdentity } from '../tags.ts';

/** The execution that a build runs in. `id` is its ARN, which contains account and region. `startedAt` is ISO 8601 or milliseconds. */
export interface ExecutionReference {
  id: string;
  startedAt: string | number;
}

export interface OfVariant {
  /** The recipe whose variant is built, with the others and under the same id. Absent for a recipe that is built alone. */
  variantOf?: string | undefined;
}

/** A build and the execution that it runs in: `$.build` in the state machine. */
export interface RunningBuild extends BuildIdentity, OfVariant {
  execution: ExecutionReference;
}

/**
 * `YYYYMMDD-HHMMSS-<4 hex>`: the start of the execution and a digest of its ARN, so that one execution always gives the same
 * build name.
 */
export function buildName({ id, startedAt }: ExecutionReference): string {
  const [date = '', time = ''] = new Date(startedAt)
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .split('T');
  return `${date.replaceAll('-', '')}-${time.replaceAll(':', '')}-${sha256(id).slice(0, 4)}`;
}

export const buildNameForm = String.raw`\d{8}-\d{6}-[0-9a-f]{4}`;
export const buildNamePattern = new RegExp(`^${buildNameForm}$`);
/** For a build's id, alone or at the end of its image's name. */
export const endsWithBuild = new RegExp(`${buildNameForm}$`);

/** Name of the image, equal in every region. A re-run finds the image by it. EC2 allows at most 128 characters. */
export const imageName = ({ recipe, build }: BuildIdentity): string => `${recipe}-${build}`;

/** Account and region of an ARN. */
export function placeOfArn(arn: string): { account: string; region: string } {
  const [, , , region = '', account = ''] = arn.split(':');
  return { account, region };
}

/** Idempotency token for EC2 (at most 64 ASCII characters): the same parts always give the same token. */
export const clientToken = (...parts: (string | number | undefined)[]): string => sha256(parts.join('\n'));
