import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { STREAM_NAMES } from '../../src/core/layout.js';
import { lockRun } from '../../src/io/run-lock.js';
import { capturedRun, newFolder } from '../fixtures/captured-run.js';
import { abortedRun, copyOf, reproduce, reproduction, unfinished, withRecords } from './support.js';

// no goal: every episode has 20 steps
const STEADY = ['episodes=5', 'env.goal_radius=0', 'env.source_location=[7,7]', 'policy=random', 'seed=40'];
let runDir: string;
beforeAll(async () => {
  runDir = await capturedRun(newFolder(), STEADY);
});

describe('a run that is not whole', () => {
  it.each(['record=jsonl', 'record=parquet', 'record=hdf5', 'record=sqlite'])(
    'aborted, %s',
    async (backend) => {
      const path = await abortedRun(
        [
          'episodes=5000',
          'env.max_steps=70',
          'env.goal_radius=0',
          'record.performance.buffer.max_records=333',
          backend,
        ],
        5000,
      );
      const { code, out } = await reproduce(path);
      expect(out).toMatch(
        /^reproduced \d+ of 5,000 episodes, [\d,]+ steps: identical\nrun {5}aborted: compared as far as it goes.*\ndigest {2}[0-9a-f]{64}\n$/,
      );
      expect(code).toBe(0);
    },
  );

  it('aborted, and thinned', async () => {
    const path = await abortedRun(
      ['episodes=5000', 'env.max_steps=70', 'env.goal_radius=0', 'record.recording.step_interval=6'],
      5000,
    );
    expect(await reproduction(path)).toMatchObject({ identical: true, status: 'aborted' });
  });

  it('aborted, with a value changed in the episode that was cut off', async () => {
    const path = await abortedRun(
      [
        'episodes=500',
        'env.max_steps=3000',
        'env.goal_radius=0',
        'record.performance.buffer.max_records=100',
      ],
      4000,
    );
    const { open_episode: open } = await reproduction(path);
    expect(open).toMatchObject({ episode: 2 });
    const changed = withRecords(path, 'steps', (all) => void (all.at(-1)!['seed'] = 1));
    expect(await reproduction(changed)).toMatchObject({
      difference: { episode: 2, step: open!.steps, field: 'seed' },
    });
    const shorter = withRecords(path, 'steps', (all) => all.slice(0, -1));
    expect(await reproduction(shorter)).toMatchObject({ difference: { field: 'content_digest' } });
  });

  it.each([
    [45, 2, { episodes: 2, steps: 45 }, { episode: 3, steps: 5 }],
    [40, 2, { episodes: 2, steps: 40 }, null],
    // the records have not come as far as the steps
    [75, 1, { episodes: 1, steps: 75 }, { episode: 4, steps: 15 }],
    [0, 0, { episodes: 0, steps: 0 }, null],
  ])('killed after %i steps and %i records', async (steps, records, counts, open) => {
    const cut = withRecords(
      withRecords(runDir, 'steps', (all) => all.slice(0, steps)),
      'episodes',
      (all) => all.slice(0, records),
    );
    const result = await reproduction(unfinished(cut));
    expect(result).toMatchObject({
      identical: true,
      status: 'unfinished',
      counts,
      open_episode: open,
      content_digest: null,
    });
    expect((await reproduce(cut)).out).toMatch(/^run {5}not finished: compared as far as it goes/m);
  });

  it('killed, records ahead of steps', async () => {
    const cut = withRecords(runDir, 'steps', (all) => all.slice(0, 50));
    expect(await reproduction(unfinished(cut))).toMatchObject({
      identical: true,
      counts: { episodes: 5, steps: 50 },
    });
  });

  it('killed, with a value changed', async () => {
    const cut = withRecords(runDir, 'steps', (all) => {
      all[42]!['action'] = 3 - (all[42]!['action'] as number);
      return all.slice(0, 45);
    });
    expect(await reproduction(unfinished(cut))).toMatchObject({
      difference: { episode: 3, step: 3, field: 'action' },
    });
  });

  it('held by another process is refused', async () => {
    const held = copyOf(runDir);
    await lockRun(held, 'capturing');
    await expect(reproduce(held)).rejects.toMatchObject({ kind: 'busy' });
  });

  it('without any records is refused', async () => {
    const empty = copyOf(runDir);
    for (const stream of STREAM_NAMES) rmSync(join(empty, `${stream}.jsonl.gz`));
    await expect(reproduce(empty)).rejects.toMatchObject({
      kind: 'input',
      message: `${empty} has run.json and no records`,
    });
  });

  it('damaged is refused, with the place', async () => {
    const damaged = copyOf(runDir);
    appendFileSync(join(damaged, 'steps.jsonl.gz'), 'x');
    await expect(reproduce(damaged)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringMatching(/ is damaged: steps\.jsonl\.gz: /) as string,
    });
    const without = copyOf(runDir);
    rmSync(join(without, 'episodes.jsonl.gz'));
    await expect(reproduce(without)).rejects.toMatchObject({
      message: `${without} is damaged: episodes.jsonl.gz is missing`,
    });
  });
});
