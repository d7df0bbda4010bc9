import type { Facts } from '../../preflight/facts.ts';
import type { Problem } from '../problems.ts';
import type { Recipe } from '../types.ts';

/** A key pair with which LaunchCandidate would fail, after the image was made. */
export function keyPairProblems(
  { builder: { candidateKeyPair: name } }: Recipe,
  { region, keyPair, source }: Pick<Facts, 'region' | 'keyPair' | 'source'>,
): Problem[] {
  if (keyPair?.found === undefined) return [];
  const problem = (message: string): Problem[] => [{ path: ['builder', 'candidateKeyPair'], message }];
  if (keyPair.found === null)
    return problem(`there is no key pair ${name} in ${region}; create or import it there, or correct the name`);
  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-key-pairs.html. EC2 answers Unsupported, which elsewhere means no room.
  if (keyPair.found.type !== 'rsa' && source?.windows)
    return problem(`${name} is of the type ${keyPair.found.type}, and EC2 takes only rsa for Windows`);
  return [];
}
