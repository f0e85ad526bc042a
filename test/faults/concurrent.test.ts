import { join } from 'node:path';
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { capture, plume, scratchDirectory } from '../e2e/binary.js';
import { tries } from './runs.js';

it('captures started at the same time into one experiment have a run each, and all are valid', async () => {
  const count = tries(200, 24);
  const cwd = scratchDirectory();
  const started = Array.from({ length: count }, () =>
    capture(['episodes=3', 'seed=5', 'env.grid_size=[16,16]', 'env.max_steps=60'], { cwd }),
  );
  const runs = await Promise.all(started);
  expect(new Set(runs.map(({ run_id }) => run_id)).size).toBe(count);
  expect(new Set(runs.map(({ content_digest }) => content_digest)).size).toBe(1);
  const [first] = runs;
  const experiment = join(cwd, first!.run_dir, '..');
  expect(readdirSync(experiment).sort()).toEqual(runs.map(({ run_id }) => run_id).sort());
  const validated = await plume(['validate', '--all', 'results'], { cwd });
  expect(validated).toMatchObject({ exitCode: 0, stderr: '' });
}, 600_000);
