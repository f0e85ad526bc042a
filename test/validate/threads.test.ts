import { cpSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { validateRun } from '../../src/validate/index.js';
import { capturedRun, newFolder } from '../fixtures/captured-run.js';

const STEPS = 'steps.jsonl.gz';
let whole: string;

beforeAll(async () => {
  const size = ['episodes=800', 'env.max_steps=500', 'env.grid_size=[64,64]', 'env.goal_radius=0'];
  whole = await capturedRun(newFolder(), [...size, 'policy=random', 'record.storage.compression.level=1']);
  // large enough for threads to be worth it
  expect(statSync(join(whole, STEPS)).size).toBeGreaterThan(4 << 20);
});

function damaged(how: (steps: string, size: number) => void): string {
  const path = join(newFolder(), 'demo', 'run-20260101-000000');
  mkdirSync(dirname(path), { recursive: true });
  cpSync(whole, path, { recursive: true });
  const steps = join(path, STEPS);
  how(steps, statSync(steps).size);
  return path;
}

describe('read in threads a run has the same report', () => {
  it.each<[string, Parameters<typeof damaged>[0], boolean]>([
    ['whole', () => {}, true],
    [
      'with wrong bytes in two places',
      (steps, size) => {
        const data = readFileSync(steps);
        for (const at of [0.3, 0.7]) data[Math.floor(size * at)]! ^= 255;
        writeFileSync(steps, data);
      },
      false,
    ],
    ['cut short', (steps, size) => truncateSync(steps, Math.floor(size * 0.9)), false],
  ])('%s', async (_, how, ok) => {
    const path = damaged(how);
    const here = await validateRun(path);
    const there = await validateRun(path, { threads: 2 });
    expect(here.ok).toBe(ok);
    expect(there).toEqual(here);
  });
});

it('the threads are used', async () => {
  // ranges end where batches that are read here do not
  const batches = async (threads: number): Promise<number> => {
    let seen = 0;
    await validateRun(whole, { threads, onProgress: () => void seen++ });
    return seen;
  };
  expect(await batches(2)).not.toBe(await batches(0));
});
