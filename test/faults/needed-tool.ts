import { spawnSync } from 'node:child_process';

/** Whether a test can do what it is about here; `reason` says why not. */
export interface Needed {
  readonly works: boolean;
  readonly reason: string;
}

/**
 * Tries a command that tests need. Where it does not work they skip with the reason; in CI they fail instead, unless
 * the system forbids it.
 *
 *     const strace = needed('strace', ['-o', '/dev/null', 'true']);
 *     describe.skipIf(!strace.works)(`system calls (${strace.reason})`, () => { … });
 */
export function needed(command: string, args: readonly string[]): Needed {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  const works = status === 0;
  const why = error?.message ?? stderr.trim().split('\n').at(-1) ?? '';
  const reason = works ? command : `${command}: ${why === '' ? `exit code ${status}` : why}`;
  // what the system does not allow no CI can install
  if (!works && process.env['CI'] && !/not permitted|denied/i.test(reason))
    throw new Error(`tests of faults must run in CI: ${reason}`);
  return { works, reason };
}
