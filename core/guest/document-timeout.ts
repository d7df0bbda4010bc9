/**
 * The parameter by which a document of AWS is told how long it may run, in seconds. Each has a default of 3600 (the documents'
 * content, as public repositories keep copies of it). SSM refuses a parameter that a document does not define, so a document that
 * is not listed here is sent what the recipe says and no more.
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
