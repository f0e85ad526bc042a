import { cpSync, existsSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { validateRun } from '../../src/validate/index.js';
import { scratchDirectory, type Outcome } from '../e2e/binary.js';
import { contents } from '../fixtures/captured-run.js';
import { needed } from './needed-tool.js';
import { tries } from './runs.js';
import { captureOther, OTHER, RUN, SCENARIOS, type Scenario } from './scenarios.js';
import { callsOf, withFault, type Call, type Fault } from './system-calls.js';

const strace = needed('strace', [
  '-f',
  '--quiet=all',
  '-o',
  '/dev/null',
  '-e',
  'inject=fsync:error=EIO',
  'true',
]);

const FAULTS: readonly Fault[] = ['SIGKILL', 'ENOSPC', 'EIO'];
/** Cases of each command, of some hundred there are. */
const CASES = tries(Infinity, 1);

/** Calls that may fail while the command succeeds, and why nobody loses by it. */
const IGNORABLE: [call: RegExp, why: string][] = [
  [
    /^unlink .*\/\.run\.lock\.[0-9a-f]+\.tmp /,
    'the lock has its name by then; whoever locks the run next clears it',
  ],
  [/^(?:unlink|rmdir) data\/\.staging-%PID%/, 'what was in it is in its place; the next ingest clears it'],
  [
    /^(?:openat|write|link) .*\/\.run\.lock\..* of an? (?:prune|ingest)/,
    'a full disk has no room for a lock, and is pruned and read without',
  ],
  [/^rmdir results\/\.trash /, 'it is empty; the next prune clears it'],
  [/^mkdir results\/\.trash(?:\/\.burying-\S*)? .* of a prune/, 'it is tried once more'],
  [
    /^\w+ results\/\.trash\/\S* \d+ of a prune(?: into an archive)?$/,
    'a full disk has no room for a tombstone, and is pruned without',
  ],
  [/^\w+ results\/x\/\.marks\/?.* of an ingest/, 'that it is ingested is noted again the next time'],
  [/^copy_file_range /, 'the copy is made by another call then, and its hash compared'],
  [
    /^(?:\w+ .*\/run\.sqlite-(?:journal|wal|shm)|pwrite64 .*\/run\.sqlite 1) /,
    'SQLite goes on with the journal it has, and the run is whole',
  ],
  [
    /^\w+ results\/\.?config_history\.(?:jsonl|lock)/,
    'a capture goes on without its history and warns; its run says how it was made',
  ],
  [/^fsync results\/x\/[^/]+(?:\/\.recovering)? .*SQLite$/, 'SQLite does not rely on it'],
];

const newRoot = (): string => realpathSync(scratchDirectory());

/**
 * Names that only a command which is running, or was killed, has; in a folder that became no run they stay, and those
 * of the history until the next capture writes it.
 */
function leftovers(root: string): string[] {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const isRun = existsSync(join(root, RUN, 'run.json'));
  return paths.filter(
    (path) =>
      !path.startsWith('results/.config_history.lock') &&
      // of a mark, which a prune clears when it is old
      !path.startsWith('results/x/.marks/.') &&
      // of the prune that put it there, until it is brought back
      !/^results\/\.trash\/[^.][^/]*\/run\/\.?run\.lock/.test(path) &&
      /(?:^|\/)(?:\.(?:recover|staging|gone|trash\/\.)|run\.lock|run\.sqlite-|[^/]*\.tmp$)/.test(path) &&
      (isRun || !path.startsWith(`${RUN}/`)),
  );
}

/** What validation says of the run but that it is not finished. */
async function damage(root: string): Promise<string[]> {
  if (!existsSync(join(root, RUN, 'run.json'))) return [];
  const { findings } = await validateRun(join(root, RUN));
  return findings
    .filter(({ severity, code }) => severity === 'error' && code !== 'unfinished')
    .map(({ code, message }) => `${code}: ${message}`);
}

/** What is wrong with how a command has ended in which a call was the last or failed. */
function complaints(
  { name, args }: Scenario,
  call: Call,
  fault: Fault,
  { exitCode, stderr }: Outcome,
): string[] {
  if (fault === 'SIGKILL') return exitCode === -1 ? [] : [`exit code ${exitCode}, not killed`];
  if (
    exitCode === 0 &&
    IGNORABLE.some(([pattern]) => pattern.test(`${call.name} ${call.path} ${call.nth} of ${name}`))
  )
    return [];
  // a prune goes on with the other runs, and says of each what became of it
  const isPartial = exitCode === 3 && args[0] === 'prune';
  const start = isPartial ? 'not removed: ' : 'plume-nav-capture: ';
  const lines = stderr.split('\n').filter((line) => line.startsWith(start));
  const found: string[] = [];
  if (exitCode !== 5 && !isPartial) found.push(`exit code ${exitCode}`);
  if (lines.length !== 1) found.push(`${lines.length} lines`);
  if (!/\b(?:results|data|x\/run-\d+)\b/.test(stderr)) found.push('no path');
  if (!/\(.+\)$/.test(lines[0] ?? '')) found.push('no way out');
  if (/^ +at /m.test(stderr)) found.push('a stack trace');
  return found.length === 0 ? [] : [`${found.join(', ')}: ${stderr}`];
}

describe.skipIf(!strace.works)(`with a fault at any system call (${strace.reason})`, () => {
  describe.each(SCENARIOS)('$name', (scenario) => {
    const { args, prepare, again, outcome } = scenario;
    let template: string;
    let calls: Call[];
    let expected: unknown;
    let other: unknown;

    const copyOfTemplate = (): string => {
      const root = newRoot();
      cpSync(template, root, { recursive: true });
      return root;
    };

    beforeAll(async () => {
      template = newRoot();
      await captureOther(template);
      await prepare(template);
      other = existsSync(join(template, OTHER)) ? contents(join(template, OTHER)) : null;
      const root = copyOfTemplate();
      calls = await callsOf(args, root);
      expected = outcome(root);
    }, 60_000);

    /** @returns what is wrong */
    async function tryOne(call: Call, fault: Fault): Promise<string[]> {
      const root = copyOfTemplate();
      const ended = await withFault(args, root, call, fault);
      const found = complaints(scenario, call, fault, ended);
      found.push(...(await damage(root)));
      try {
        await again(root);
        expect(outcome(root)).toEqual(expected);
        expect(leftovers(root)).toEqual([]);
        if (other !== null) expect(contents(join(root, OTHER))).toEqual(other);
      } catch (error) {
        found.push((error as Error).message);
      }
      rmSync(root, { recursive: true });
      return found.map((text) => `${fault} at ${call.name} ${call.path} ${call.nth}: ${text}`);
    }

    it(
      'loses nothing, says why it ends, and comes to its end the next time',
      async () => {
        expect(calls.length).toBeGreaterThan(4);
        const cases = calls.flatMap((call) => FAULTS.map((fault) => [call, fault] as const));
        const every = Math.max(1, Math.floor(cases.length / CASES));
        const wrong: string[] = [];
        for (let i = Math.floor(every / 2); i < cases.length; i += every)
          wrong.push(...(await tryOne(...cases[i]!)));
        expect(wrong).toEqual([]);
      },
      tries(3_600_000, 60_000),
    );
  });
});
