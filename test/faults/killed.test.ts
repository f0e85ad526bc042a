import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { validateRun } from '../../src/validate/index.js';
import { plume, scratchDirectory } from '../e2e/binary.js';
import { recovered } from '../recover/support.js';
import { tries } from './runs.js';

const PROGRAM = fileURLToPath(new URL('./record-until-killed.mjs', import.meta.url));

interface Acknowledged {
  steps: number;
  episodes: number;
  run: string;
}

/** Lets the program record until `count` flushes were acknowledged and a moment more, then kills it. */
async function killAfter(count: number, ms: number, ...args: readonly string[]): Promise<Acknowledged> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  let last: Acknowledged | null = null;
  let told = 0;
  for await (const line of createInterface(child.stdout)) {
    last = JSON.parse(line) as Acknowledged;
    if (++told === count) setTimeout(() => child.kill('SIGKILL'), ms);
  }
  expect(await exit).toEqual([null, 'SIGKILL']);
  return last!;
}

type Row = Record<string, unknown>;
const rowsOf = (path: string): Row[] =>
  gunzipSync(readFileSync(path))
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Row);

/** What a step of the program must be, by its number in the run. */
const stepAt = (i: number): Row => ({
  episode_id: `ep-${String(Math.floor(i / 40) + 1).padStart(6, '0')}`,
  step: (i % 40) + 1,
  action: Math.floor(i / 40) % 4,
  reward: ((i % 40) + 1) / 8,
  seed: Math.floor(i / 40),
});

describe.each(['jsonl', 'parquet', 'hdf5', 'sqlite'])(
  'a program that records %s and is killed',
  (backend) => {
    it.each(
      ['flush', 'fsync', 'none'].filter((durability) => backend !== 'parquet' || durability !== 'none'),
    )(
      'with durability %s leaves all that was acknowledged, and nothing else than the beginning',
      async (durability) => {
        for (let attempt = 0; attempt < tries(80, 2); attempt++) {
          const cwd = scratchDirectory();
          // at other moments each time, of starting, recording and flushing
          const moment = (attempt * 7919) % 61;
          const known = await killAfter(1 + (attempt % 23), moment, join(cwd, 'out'), backend, durability);
          const { findings } = await validateRun(known.run);
          const said = findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);
          expect(said).toEqual(['unfinished']);

          const exported = await plume(['export', known.run, '--out', 'all.jsonl.gz'], { cwd });
          expect(exported).toMatchObject({ exitCode: 0 });
          const steps = rowsOf(join(cwd, 'all.jsonl.gz'));
          const episodes = rowsOf(join(cwd, 'all.episodes.jsonl.gz'));
          expect(steps.length).toBeGreaterThanOrEqual(known.steps);
          expect(episodes.length).toBeGreaterThanOrEqual(known.episodes);
          for (const [i, step] of steps.entries()) expect(step).toMatchObject(stepAt(i));
          // an episode is recorded after its steps
          expect(episodes.length).toBeLessThanOrEqual(Math.floor(steps.length / 40));
          for (const [i, row] of episodes.entries())
            expect(row).toMatchObject({
              episode_id: stepAt(40 * i)['episode_id'],
              total_steps: 40,
              total_reward: 102.5,
            });

          // made a finished run, it has the same records, and those of the episodes that had ended
          const recovery = await recovered(known.run);
          expect(recovery.said).toMatchObject({ outcome: 'recovered', kept: { steps: steps.length } });
          expect(recovery.said.kept.episodes).toBe(Math.floor(steps.length / 40));
          expect(await validateRun(known.run)).toMatchObject({ ok: true });
        }
      },
      tries(600_000, 60_000),
    );
  },
);
