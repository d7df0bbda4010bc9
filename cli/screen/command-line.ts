/** How the user called golden: by its own name, or by npm, which calls it by its script. */
function calledAs({ npm_command: command, npm_lifecycle_event: script }: NodeJS.ProcessEnv): string {
  if (command === 'exec') return 'npx golden';
  return script === 'golden' || script === 'start' ? 'npm run golden --' : 'golden';
}

/** A command line that the user may type next, such as `npx golden logs 20261123-030000-9f2c`. */
export const commandLine = (words: string, env: NodeJS.ProcessEnv = process.env): string => `${calledAs(env)} ${words}`;
