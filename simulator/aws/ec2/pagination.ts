import { ApiError } from '../calls/actions.ts';

/** One page of `all`, and the opaque token for the next page. */
export function paginate<Item>(
  all: Item[],
  request: { MaxResults?: number | undefined; NextToken?: string | undefined },
  limits: { min?: number; max: number; byDefault?: number; error?: string; ids?: string[] | undefined },
): { items: Item[]; NextToken?: string } {
  const { min = 1, max, byDefault = all.length, error = 'InvalidParameterValue' } = limits;
  if (limits.ids?.length && request.MaxResults !== undefined) {
    throw new ApiError(
      'InvalidParameterCombination',
      'A request that names ids cannot be used with the parameter maxResults',
    );
  }
  const size = request.MaxResults ?? byDefault;
  if (request.MaxResults !== undefined && (size < min || size > max)) {
    throw new ApiError(
      error,
      `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value between ${min} and ${max}.`,
    );
  }
  const start = request.NextToken === undefined ? 0 : position(request.NextToken);
  const items = all.slice(start, start + size);
  if (start + size >= all.length) return { items };
  return { items, NextToken: Buffer.from(`page ${start + size}`).toString('base64') };
}

function position(token: string): number {
  const [, start] = /^page (\d+)$/.exec(Buffer.from(token, 'base64').toString()) ?? [];
  if (start === undefined) throw new ApiError('InvalidNextToken', 'The specified token is not valid.');
  return Number(start);
}
