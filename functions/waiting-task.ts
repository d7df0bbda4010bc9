import { removeDocument, write } from '../aws/memory/documents.ts';
import { Failure } from '../core/errors.ts';
import type { Awaitable } from '../core/memory/documents.ts';
import type { StageContext } from './stage.ts';

// The document by which `wake` finds a waiting state. Events only make a wait quick: where its document cannot be written or
// removed, its heartbeats are enough.

/** Writes down that a state waits for a thing. */
export const rememberWait = (state: string, awaited: Awaitable, input: object, cloud: StageContext): Promise<void> =>
  unlessRefused(state, cloud, 'no event can wake this wait', () =>
    write(cloud, awaited, 'wait', { state, input: { ...input } }),
  );

/** Removes the document once the state was answered, so that later events of the thing make nobody look. */
export const forgetWait = (state: string, awaited: Awaitable, cloud: StageContext): Promise<void> =>
  unlessRefused(state, cloud, 'a later event makes `wake` look once more', () =>
    removeDocument(cloud, awaited, 'wait'),
  );

async function unlessRefused(state: string, cloud: StageContext, so: string, work: () => Promise<void>) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    cloud.log({ level: 'WARN', state, message: `${so}: ${error.message}` });
  }
}
