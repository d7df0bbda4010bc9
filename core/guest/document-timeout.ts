/**
 * The parameter that sets the timeout of an AWS document, in seconds. Each has a default of 3600 (according to copies of the
 * documents in public repositories). SSM refuses a parameter that a document does not define. A document that is not listed here
 * therefore gets only the recipe's parameters.
 */
const byDocument: Record<string, string> = {
  'AWS-RunShellScript': 'executionTimeout',
  'AWS-RunPowerShellScript': 'executionTimeout',
  'AWS-InstallPowerShellModule': 'executionTimeout',
  'AWS-ApplyAnsiblePlaybooks': 'TimeoutSeconds',
};

/** Looks the document up by its name, or by the ARN of an AWS document. */
export const timeoutParameter = (document: string): string | undefined =>
  byDocument[document.replace(/^arn:[^:]+:ssm:[^:]*::document\//, '')];

/** The parameters of a document. Adds the step's timeout if the document takes one and the recipe sets none. */
export function boundedParameters(
  document: string,
  parameters: Record<string, string[]>,
  seconds: number,
): Record<string, string[]> {
  const name = timeoutParameter(document);
  return name === undefined ? parameters : { [name]: [String(seconds)], ...parameters };
}
