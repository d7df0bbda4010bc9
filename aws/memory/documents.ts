import { Failure } from '../../core/errors.ts';
import {
  keyOf,
  parseDocument,
  type DocumentSubject,
  type DocumentContent,
  type DocumentName,
} from '../../core/memory/documents.ts';
import { readObject, removeObject, writeObject, type Artifacts, type Over } from './artifacts.ts';

/** A document as it was read. `version` lets `replace` write only over this version. */
interface Versioned<Name extends DocumentName> {
  content: DocumentContent<Name>;
  version: string;
}

export async function readVersioned<Name extends DocumentName>(
  artifacts: Artifacts,
  about: DocumentSubject<Name>,
  name: Name,
): Promise<Versioned<Name> | undefined> {
  const object = await readObject(artifacts, keyOf(about, name));
  return object && { content: parseDocument(name, object.text), version: object.version };
}

/** A document of a build, a recipe or a sweep; undefined if there is none. */
export const readDocument = async <Name extends DocumentName>(
  artifacts: Artifacts,
  about: DocumentSubject<Name>,
  name: Name,
): Promise<DocumentContent<Name> | undefined> => (await readVersioned(artifacts, about, name))?.content;

export async function write<Name extends DocumentName>(
  artifacts: Artifacts,
  about: DocumentSubject<Name>,
  name: Name,
  content: DocumentContent<Name>,
): Promise<void> {
  await writeObject(artifacts, keyOf(about, name), content);
}

export async function removeDocument<Name extends DocumentName>(
  artifacts: Artifacts,
  about: DocumentSubject<Name>,
  name: Name,
): Promise<void> {
  await removeObject(artifacts, keyOf(about, name));
}

/** @param over Writes only over this version, or only if there is no document. @returns false if that no longer holds. */
export const replace = <Name extends DocumentName>(
  artifacts: Artifacts,
  about: DocumentSubject<Name>,
  name: Name,
  content: DocumentContent<Name>,
  over: Over,
): Promise<boolean> => writeObject(artifacts, keyOf(about, name), content, over);

/** Writes a document unless it exists. @returns the stored one. */
export async function keepFirst<Name extends DocumentName>(
  artifacts: Artifacts,
  about: DocumentSubject<Name>,
  name: Name,
  content: DocumentContent<Name>,
): Promise<DocumentContent<Name>> {
  if (await replace(artifacts, about, name, content, 'nothing')) return content;
  const first = await readDocument(artifacts, about, name);
  if (first !== undefined) return first;
  throw new Failure(
    'AwsTransient',
    `s3://${artifacts.bucket}/${keyOf(about, name)} was there when it was to be written, and is gone now: look again`,
  );
}
