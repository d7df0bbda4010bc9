/** The variant that an execution builds, by its input. Empty for an execution that builds no variant. */
export function variantIn({ input }: { input: string }): string {
  const { recipe, variantOf } = JSON.parse(input) as { recipe?: unknown; variantOf?: unknown };
  const name = typeof recipe === 'string' ? recipe : (recipe as { name?: unknown } | undefined)?.name;
  return typeof name === 'string' && typeof variantOf === 'string' ? name.slice(variantOf.length + 1) : '';
}
