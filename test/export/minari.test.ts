import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Batch } from '../../src/core/batch.js';
import { STEPS } from '../../src/core/streams.js';
import { DatasetFile } from '../../src/export/formats/minari/dataset-file.js';
import { EpisodeBuffer } from '../../src/export/formats/minari/episode-buffer.js';
import { batchOf } from '../fixtures/batches.js';
import { buildRun } from '../fixtures/run-builder.js';
import { runModel } from '../fixtures/run-model.js';
import { exported, newFolder } from './support.js';

const FORMAT = { format: 'minari' } as const;
const metadataOf = (out: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(out, 'data', 'metadata.json'), 'utf8')) as Record<string, unknown>;

describe('minari', () => {
  it('is a folder with the data and what it is', async () => {
    const out = join(newFolder(), 'demo-v2');
    const { files, notes } = await exported({ runDir: await buildRun(), out, ...FORMAT });
    expect(files.map(({ path, rows }) => [path, rows])).toEqual([
      [join(out, 'data/main_data.hdf5'), 17],
      [join(out, 'data/metadata.json'), null],
    ]);
    expect(notes.join()).toContain('the first row of observations is NaN');
    expect(metadataOf(out)).toMatchObject({
      dataset_id: 'demo-v2',
      total_episodes: 3,
      total_steps: 17,
      data_format: 'hdf5',
      observation_space:
        '{"type": "Box", "dtype": "float64", "shape": [2], "low": [-Infinity, -Infinity], "high": [Infinity, Infinity]}',
      action_space: '{"type":"Discrete","dtype":"int64","start":0,"n":2}',
      plume_nav_capture: {
        run_id: 'run-20261121-120000',
        selection: null,
        action_space_from: 'the largest action found',
      },
    });
  });

  it('has the actions of the environment, also those nobody took', async () => {
    const out = join(newFolder(), 'demo-v0');
    await exported({ runDir: await buildRun(), out, ...FORMAT, episodes: '2' }, { actionCount: () => 4 });
    expect(metadataOf(out)).toMatchObject({
      total_episodes: 1,
      action_space: '{"type":"Discrete","dtype":"int64","start":0,"n":4}',
      plume_nav_capture: {
        selection: { episodes: '2', columns: null },
        action_space_from: 'the configuration',
      },
    });
  });

  it.each(['demo', 'demo-v', 'demo.v0', 'a b-v0'])("'%s' is no name of a dataset", async (name) => {
    const request = { runDir: await buildRun(), out: join(newFolder(), name), ...FORMAT };
    await expect(exported(request)).rejects.toMatchObject({
      message: `--out: '${name}' is no name of a Minari dataset`,
      hint: expect.stringMatching(/: [-\w]+-v0$/) as string,
    });
  });

  it('cannot do without its columns', async () => {
    const request = { runDir: await buildRun(), out: join(newFolder(), 'demo-v0'), ...FORMAT };
    await expect(exported({ ...request, columns: 'step,action,reward' })).rejects.toThrow(
      'minari cannot do without terminated, truncated, observation_summary',
    );
  });

  it.each([
    [{ full: false }, 'its steps were not recorded'],
    [{ step_interval: 5 }, 'only every 5 steps one was recorded'],
    [{ omitted: ['reward'] }, 'reward was not recorded'],
  ])('refuses a run that recorded %j', async (part, why) => {
    const recording = { full: true, step_interval: 1, omitted: [], columns: [], ...part };
    const runDir = await buildRun({ model: ({ run }) => void (run['extra'] = { recording }) });
    const request = { runDir, out: join(newFolder(), 'demo-v0'), ...FORMAT };
    await expect(exported(request)).rejects.toThrow(`cannot be a Minari dataset: ${why}`);
  });

  it('refuses actions below 0', async () => {
    const runDir = await buildRun({ model: ({ steps }) => void (steps[3]!.action = -1) });
    const request = { runDir, out: join(newFolder(), 'demo-v0'), ...FORMAT };
    await expect(exported(request)).rejects.toThrow('ep-000001: action -1 is below 0');
  });

  it('refuses observations of several shapes', async () => {
    const [first, second] = runModel().steps;
    const wide = batchOf(STEPS, [first!]);
    const narrow = batchOf(STEPS, [{ ...second!, observation_summary: [1] }]);
    const episode = (id: string, batch: Batch): EpisodeBuffer => {
      const buffer = new EpisodeBuffer({ id, row: null }, []);
      buffer.add(batch);
      return buffer;
    };
    expect(() => episode('ep-000001', wide).add(narrow)).toThrow(
      'ep-000001: observations have 2 values, then 1',
    );
    const file = await DatasetFile.create(join(newFolder(), 'a.hdf5'), null);
    file.add(episode('ep-000001', wide));
    expect(() => file.add(episode('ep-000002', narrow))).toThrow(
      'ep-000002 has observations of 1 values, others of 2',
    );
    file.close();
  });

  it('replaces a dataset, and no other folder', async () => {
    const folder = newFolder();
    const runDir = await buildRun();
    const out = join(folder, 'demo-v0');
    await exported({ runDir, out, ...FORMAT, episodes: '1' });
    await expect(exported({ runDir, out, ...FORMAT })).rejects.toThrow('exists already');
    await exported({ runDir, out, ...FORMAT, force: true });
    expect(metadataOf(out)['total_episodes']).toBe(3);
    expect(readdirSync(folder)).toEqual(['demo-v0']);
    const mine = join(folder, 'mine-v0');
    mkdirSync(mine);
    writeFileSync(join(mine, 'thesis.tex'), '');
    await expect(exported({ runDir, out: mine, ...FORMAT, force: true })).rejects.toThrow(
      'is a folder, but not one this format has made',
    );
    expect(readdirSync(mine)).toEqual(['thesis.tex']);
    writeFileSync(join(folder, 'file-v0'), '');
    await expect(exported({ runDir, out: join(folder, 'file-v0'), ...FORMAT, force: true })).rejects.toThrow(
      'is no folder',
    );
  });
});
