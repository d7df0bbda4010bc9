// Only patterns that cannot be anything but a secret, since a false alarm would stop a build.
const forms: [what: string, form: RegExp][] = [
  ['an AWS access key id', /\b(AKIA|ASIA)[A-Z2-7]{16}\b/],
  ['an AWS secret access key', /aws_?secret_?access_?key["']?\s*[:=]\s*["']?[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])/i],
  ['a private key', /-----BEGIN ([A-Z]+ )*PRIVATE KEY( BLOCK)?-----/],
  ['a GitHub token', /\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{40,})/],
  ['a Slack token', /\bxox[abprs]-[A-Za-z0-9-]{20,}/],
];

/** What kind of secret a text seems to contain. The answer does not repeat the secret. */
export const secretIn = (text: string): string | undefined => forms.find(([, form]) => form.test(text))?.[0];
