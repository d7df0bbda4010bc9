// One thing that AWS is asked about, and how it went.

/** Thrown by a check that cannot be made here; the message says why. */
export class Skipped extends Error {}

export interface AccountCheck {
  name: string;
  /** Throws where AWS answers something else than we expect. Returns a remark, where there is one. */
  run: () => Promise<string | void>;
}

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** AWS refuses the caller, which says nothing about the pipeline. */
const refused = /^(AccessDenied(Exception)?|UnauthorizedOperation|OptInRequired)$/;

/** Makes the checks one after the other, so that no API throttles us, and prints a line for each. */
export async function make(checks: AccountCheck[], print: (line: string) => void): Promise<Counts> {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, run } of checks) {
    try {
      const remark = await run();
      counts.passed++;
      print(`ok      ${name}${remark ? ` (${remark})` : ''}`);
    } catch (thrown) {
      const error = thrown as Error;
      if (error instanceof Skipped || refused.test(error.name)) {
        counts.skipped++;
        print(`skipped ${name}: ${error.message}`);
      } else {
        counts.failed++;
        print(`FAILED  ${name}: ${error.name === 'Error' ? '' : `${error.name}: `}${error.message}`);
      }
    }
  }
  return counts;
}

export const countsLine = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
