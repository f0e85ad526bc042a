import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { validateRun } from '../../src/validate/index.js';
import { capture, plume, scratchDirectory } from './binary.js';

const RUN = (second: number): string => `run-20260101-00000${second}`;

it('two ingests of one run at once: one copies it, the other waits and finds it there, or says who holds it', async () => {
  for (let attempt = 0; attempt < 3; attempt++) {
    const cwd = scratchDirectory();
    const { run_dir } = await capture(['episodes=50', 'env.max_steps=80', 'experiment=demo'], { cwd });
    const ingest = () => plume(['ingest', '--run-dir', run_dir, '--out-dir', 'data'], { cwd });
    const both = await Promise.all([ingest(), ingest()]);
    const codes = both.map(({ exitCode }) => exitCode).sort((a, b) => a - b);
    expect(codes[0]).toBe(0);
    expect([0, 4]).toContain(codes[1]);
    for (const { exitCode, stderr } of both)
      if (exitCode === 4) expect(stderr).toMatch(/is held: process \d+ on .+ is ingesting it/);
    const [run] = readdirSync(join(cwd, 'data', 'demo'));
    expect(await validateRun(join(cwd, 'data', 'demo', run!))).toMatchObject({ ok: true });
    expect(readdirSync(join(cwd, run_dir))).not.toContain('run.lock');
  }
}, 60_000);

it('an ingest and a prune of one run at once: it is in the dataset whole, or it is gone, or both', async () => {
  for (let attempt = 0; attempt < 5; attempt++) {
    const cwd = scratchDirectory();
    for (const second of [1, 2]) {
      await capture(['episodes=50', 'env.max_steps=80', 'experiment=demo', `run_id=${RUN(second)}`], { cwd });
    }
    const run = join('results', 'demo', RUN(1));
    const [ingested, pruned] = await Promise.all([
      plume(['ingest', '--run-dir', run, '--out-dir', 'data'], { cwd }),
      plume(['prune', 'results', '--keep-last', '1', '--yes'], { cwd }),
    ]);
    const copy = join(cwd, 'data', 'demo', RUN(1));
    // 2: it was gone before it was opened; 5: while it was
    expect([0, 2, 4, 5]).toContain(ingested.exitCode);
    expect(existsSync(copy)).toBe(ingested.exitCode === 0);
    if (existsSync(copy)) expect(await validateRun(copy)).toMatchObject({ ok: true });
    // 3: it was held for longer than prune waits
    expect([0, 3]).toContain(pruned.exitCode);
    expect(await validateRun(join(cwd, 'results', 'demo', RUN(2)))).toMatchObject({ ok: true });
    const left = existsSync(join(cwd, run));
    if (left) expect(await validateRun(join(cwd, run))).toMatchObject({ ok: true });
    expect(left || ingested.exitCode !== 4).toBe(true);
    expect(readdirSync(join(cwd, 'results'))).toEqual(['config_history.jsonl', 'demo']);
  }
}, 60_000);
