import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validateRun } from '../../src/validate/index.js';
import { BINARY, capture, plume, scratchDirectory } from '../e2e/binary.js';
import { contents } from '../fixtures/captured-run.js';
import { linesOf } from '../recover/support.js';
import { tries } from './runs.js';

/** Runs of each test; `npm run faults` kills about a thousand processes. */
const ATTEMPTS = tries(45, 1);
/** Milliseconds in which a command has started and done what it does here, when the machine has nothing else to do. */
const LONG_ENOUGH = 600;

const OPTIONS = [
  ...['seed=7', 'episodes=300', 'env.grid_size=[64,64]', 'env.max_steps=80', 'workers=1'],
  'experiment=killed',
];
const OFTEN = 'record.performance.buffer.flush_interval_seconds=0.05';
const BACKENDS: [name: string, overrides: string[]][] = [
  ['jsonl', ['clock=sim']],
  ['jsonl in parts', ['rotate_size=3000', 'parquet=true', OFTEN]],
  ['parquet', ['record=parquet', 'record.storage.parquet.part_seconds=0.1']],
  ['hdf5', ['record=hdf5', OFTEN]],
  ['sqlite', ['record=sqlite', 'record.storage.sqlite.batch_size=500', OFTEN]],
];

/** Of those that were killed before they had ended. */
let kills = 0;
afterAll(() => console.info(`${kills} processes were killed`));

/** Runs a command and kills it after so long. */
async function killed(args: readonly string[], ms: number, cwd: string): Promise<void> {
  const child = spawn(process.execPath, [BINARY, ...args], { cwd, stdio: 'ignore' });
  const exit = once(child, 'exit') as Promise<[number | null, string | null]>;
  const timer = setTimeout(ms).then(() => child.kill('SIGKILL'));
  const [, signal] = await exit;
  await timer;
  if (signal !== null) kills++;
}

/** Moments that differ from attempt to attempt, and are the same the next time. */
function* moments(seed: number): Generator<number> {
  for (let state = seed + 1; ;) {
    state = (state * 48_271) % 2_147_483_647;
    yield 60 + (state % LONG_ENOUGH);
  }
}

const digestIn = (run: string): string =>
  (JSON.parse(readFileSync(join(run, 'manifest.json'), 'utf8')) as { content_digest: string }).content_digest;

describe.each(BACKENDS)('%s', (_name, overrides) => {
  let expected: { digest: string; steps: string[] | null };
  beforeAll(async () => {
    const cwd = scratchDirectory();
    const { run_dir, content_digest } = await capture(
      [...OPTIONS, 'run_id=run-20260101-000000', ...overrides],
      { cwd },
    );
    const isSimulated = overrides.includes('clock=sim');
    const steps = isSimulated ? linesOf(join(cwd, run_dir, 'steps.jsonl.gz')) : null;
    expected = { digest: content_digest, steps };
  }, 60_000);

  it.each(['resume', 'recover'])(
    'killed in capture and %s, is the run that was never interrupted, or its beginning',
    async (verb) => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const cwd = scratchDirectory();
        const moment = moments(1 + attempt * 31 + verb.length);
        const other = await capture(['episodes=2', 'env.max_steps=20', 'experiment=killed', 'run_id=other'], {
          cwd,
        });
        const before = contents(join(cwd, other.run_dir));
        const run = join(cwd, 'results', 'killed', 'run-20260101-000000');
        await killed([...OPTIONS, 'run_id=run-20260101-000000', ...overrides], moment.next().value, cwd);
        // killed before it had begun: there is nothing to go on with
        if (!existsSync(join(run, 'run.json'))) continue;
        for (let again = 0; again < 3; again++) await killed([verb, run], moment.next().value, cwd);
        const last = await plume([verb, run], { cwd });
        expect([0, 3]).toContain(last.exitCode);
        expect(await validateRun(run)).toMatchObject({ ok: true });
        if (verb === 'recover' && expected.steps !== null) {
          const lines = linesOf(join(run, 'steps.jsonl.gz'));
          expect(lines).toEqual(expected.steps.slice(0, lines.length));
        }
        // what was recovered can go on, too
        const end = await plume(['resume', run], { cwd });
        expect(end).toMatchObject({ exitCode: 0 });
        expect(digestIn(run)).toBe(expected.digest);
        expect(await validateRun(run)).toMatchObject({ ok: true });
        expect(
          readdirSync(run).filter((name) => name.startsWith('.') || name.startsWith('run.lock')),
        ).toEqual([]);
        expect(contents(join(cwd, other.run_dir))).toEqual(before);
      }
    },
    tries(1_800_000, 120_000),
  );
});

it(
  'an ingest that is killed anywhere is finished by the next, and leaves the run alone',
  async () => {
    for (let attempt = 0; attempt < 2 * ATTEMPTS; attempt++) {
      const cwd = scratchDirectory();
      const moment = moments(77 + attempt);
      const { run_dir } = await capture(['episodes=40', 'env.max_steps=80', 'experiment=killed'], { cwd });
      const before = contents(join(cwd, run_dir));
      const args = ['ingest', '--run-dir', run_dir, '--out-dir', 'data'];
      for (let again = 0; again < 2; again++) await killed(args, moment.next().value, cwd);
      expect(await plume(args, { cwd })).toMatchObject({ exitCode: 0 });
      expect(contents(join(cwd, run_dir))).toEqual(before);
      const [run] = readdirSync(join(cwd, 'data', 'killed'));
      expect(await validateRun(join(cwd, 'data', 'killed', run!))).toMatchObject({ ok: true });
      expect(readdirSync(join(cwd, 'data'))).toEqual(['killed']);
    }
  },
  tries(1_800_000, 120_000),
);

it(
  'a prune that is killed anywhere is finished by the next, and no run that is kept has changed',
  async () => {
    for (let attempt = 0; attempt < 2 * ATTEMPTS; attempt++) {
      const cwd = scratchDirectory();
      const moment = moments(99 + attempt);
      const captured = ['episodes=2', 'env.max_steps=20', 'experiment=killed'];
      for (const second of [1, 2, 3])
        await capture([...captured, `run_id=run-20260101-00000${second}`], { cwd });
      const kept = join(cwd, 'results', 'killed', 'run-20260101-000003');
      const before = contents(kept);
      const args = ['prune', 'results', '--keep-last', '1', '--yes'];
      for (let again = 0; again < 2; again++) await killed(args, moment.next().value! / 3, cwd);
      expect(await plume(args, { cwd })).toMatchObject({ exitCode: 0 });
      expect(readdirSync(join(cwd, 'results')).sort()).toEqual(['config_history.jsonl', 'killed']);
      expect(readdirSync(join(cwd, 'results', 'killed'))).toEqual(['run-20260101-000003']);
      expect(contents(kept)).toEqual(before);
    }
  },
  tries(1_800_000, 120_000),
);
