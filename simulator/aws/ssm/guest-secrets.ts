import type { Instance } from '../state/instances.ts';
import type { World } from '../state/world.ts';
import { setParameter } from './parameters.ts';

/** What a guest reads before a step with secrets: their values by variable, or what it prints to stderr. */
type Read = { values: Record<string, string>; refused?: never } | { refused: string };

/** Reads secrets as the guest's program does: with the rights of the role of its instance, in its region. */
export function readSecrets(world: World, instance: Instance, secrets: Record<string, string>): Read {
  const { parameters, secrets: texts } = world.region(instance.region);
  const profile = instance.profileArn?.split('/').at(-1) ?? '';
  const values: Record<string, string> = {};
  for (const [variable, name] of Object.entries(secrets)) {
    const what = `${name}, the secret of ${variable}, cannot be read in ${instance.region}`;
    if (world.secretReaders?.[profile]?.includes(name) === false)
      return { refused: `${what} (HTTP 400): AccessDeniedException: ${profile} is not authorized` };
    const key = `${instance.owner} ${name}`;
    const value = name.startsWith('secret:') ? texts.get(key) : parameters.get(key)?.versions.at(-1)?.value;
    if (value === undefined) return { refused: `${what} (HTTP 400): it was not found` };
    values[variable] = value;
  }
  return { values };
}

/** The program masks the values of secrets in what a step prints on Linux. */
export const masked = (text: string, values: Record<string, string>): string =>
  Object.values(values).reduce((so, value) => so.replaceAll(value, '***'), text);

/** Sets a SecureString parameter of the account or, after `secret:`, a secret of Secrets Manager. */
export function setSecret(world: World, region: string, name: string, value: string): void {
  if (name.startsWith('secret:')) world.region(region).secrets.set(`${world.account} ${name}`, value);
  else setParameter(world, region, world.account, name, value, 'SecureString');
}
