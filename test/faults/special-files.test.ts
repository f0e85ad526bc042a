import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { plume } from '../e2e/binary.js';
import { copyOf, finishedRun } from './runs.js';

let run: string;
/** A sound run of the same experiment that ended after it. */
let later: string;
beforeAll(async () => {
  run = await finishedRun([]);
  later = await finishedRun(['run_id=later']);
});

const PLACES: [what: string, put: (path: string) => void][] = [
  ['a pipe', (path) => execFileSync('mkfifo', [path])],
  ['a device', (path) => symlinkSync('/dev/zero', path)],
];

/** What prune sees at a glance; anything else when it looks at what it is to remove. */
const KEPT_IN_PLAN: Record<string, string> = {
  'manifest.json': 'manifest.json is not a file',
  'run.lock': 'may be live',
};

it.each(
  PLACES.flatMap(([what, put]) =>
    ['run.json', 'manifest.json', 'steps.jsonl.gz', 'run.lock', 'notes.txt'].map((name) => ({
      what,
      put,
      name,
    })),
  ),
)(
  '$what called $name is refused and not waited for',
  async ({ what, put, name }) => {
    const copy = copyOf(run);
    rmSync(join(copy, name), { force: true });
    put(join(copy, name));
    const results = join(copy, '../..');
    const commands = [
      ['validate', copy],
      ['export', copy, '--out', join(results, 'x.csv')],
      ['ingest', '--run-dir', copy, '--out-dir', join(results, 'lake')],
    ];
    for (const command of commands) {
      const { exitCode, stderr } = await plume(command, { timeout: 20_000 });
      expect({ exitCode, stderr }).toEqual({
        exitCode: 2,
        stderr: `plume-nav-capture: ${join(copy, name)} is ${what}, and a run has only files (remove it)`,
      });
    }
    cpSync(later, join(results, 'demo', 'later'), { recursive: true });
    const pruned = await plume(['prune', results, '--keep-last', '1', '--yes', '--json'], {
      timeout: 20_000,
    });
    expect(JSON.parse(pruned.stdout)).toMatchObject({ removals: KEPT_IN_PLAN[name] ? [] : [{}] });
    expect(pruned.exitCode).toBe(KEPT_IN_PLAN[name] ? 0 : 3);
    const why = KEPT_IN_PLAN[name] ?? `${name} is ${what}, and a run has only files`;
    expect(pruned.stdout + pruned.stderr).toContain(why);
    expect(existsSync(copy)).toBe(true);
  },
  120_000,
);
