import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { STEPS } from '../../src/core/streams.js';
import { CsvRows } from '../../src/export/formats/csv-rows.js';
import { batchOf } from '../fixtures/batches.js';
import { buildRun } from '../fixtures/run-builder.js';
import { runModel } from '../fixtures/run-model.js';
import { exported, newFolder } from './support.js';

const text = (path: string): string => readFileSync(path, 'utf8');
const lines = (path: string): string[] => text(path).split('\n');

describe('csv', () => {
  it('has flat columns, floats with a point, booleans in words, a field a value', async () => {
    const out = join(newFolder(), 'data.csv');
    const { files } = await exported({ runDir: await buildRun(), out });
    const [header, first, ...rest] = lines(out);
    expect(header).toBe(
      'schema_version,ts,run_id,episode_id,step,action,reward,terminated,truncated,agent_x,agent_y,distance_to_goal,observation_0,observation_1,seed',
    );
    const [step] = runModel().steps;
    const [a, b] = step!.observation_summary;
    expect(first).toBe(
      `1.0.0,${step!.ts},run-20261121-120000,ep-000001,1,1,-0.01,false,false,1,0,5.0,${a},${b},100`,
    );
    expect(rest).toHaveLength(17);
    expect(rest.at(-1)).toBe('');
    const episodes = lines(join(out, '../data.episodes.csv'));
    expect(episodes[0]).toMatch(/^schema_version,run_id,episode_id,terminated,.*,final_x,final_y,/);
    expect(episodes).toHaveLength(5);
    expect(
      files.map(({ path, rows, bytes }) => ({ rows, bytes: bytes === readFileSync(path).length })),
    ).toEqual([
      { rows: 17, bytes: true },
      { rows: 3, bytes: true },
    ]);
  });

  it('is compressed when the name says so, or when it is asked for', async () => {
    const runDir = await buildRun();
    const folder = newFolder();
    await exported({ runDir, out: join(folder, 'plain.csv') });
    await exported({ runDir, out: join(folder, 'a.csv.gz') });
    await exported({ runDir, out: join(folder, 'b.csv'), compression: 'gzip', level: '9' });
    await exported({ runDir, out: join(folder, 'c.csv.gz'), compression: 'none' });
    for (const name of ['a.csv.gz', 'a.episodes.csv.gz', 'b.csv', 'b.episodes.csv']) {
      const plain = name.includes('episodes') ? 'plain.episodes.csv' : 'plain.csv';
      expect(gunzipSync(readFileSync(join(folder, name))).toString()).toBe(text(join(folder, plain)));
    }
    expect(text(join(folder, 'c.csv.gz'))).toBe(text(join(folder, 'plain.csv')));
  });

  it('quotes what must be quoted, and leaves nulls empty', () => {
    const [step] = runModel().steps;
    const records = ['a,b', 'say "x"', 'two\nlines', 'a\rb', '', 'plain'].map((id) => ({
      ...step!,
      episode_id: id,
    }));
    const stream = {
      name: 'steps' as const,
      columns: STEPS.columns.filter(({ name }) => /^(ts|episode_id)$/.test(name)),
    };
    const batch = { ...batchOf(STEPS, records), stream };
    batch.columns['ts'] = null;
    const rows = new CsvRows(stream);
    expect(rows.header(batch).toString()).toBe('ts,episode_id\n');
    expect(rows.encode(batch).toString()).toBe(',"a,b"\n,"say ""x"""\n,"two\nlines"\n,"a\rb"\n,""\n,plain\n');
  });

  it('refuses lists of another width than the first', () => {
    const [step] = runModel().steps;
    const rows = new CsvRows(STEPS);
    rows.header(batchOf(STEPS, [step!]));
    expect(() => rows.encode(batchOf(STEPS, [{ ...step!, observation_summary: [1] }]))).toThrow(
      'observation_summary has 2 values in some rows, 1 in others',
    );
  });

  it('a run without records is a header', async () => {
    const runDir = await buildRun({ model: (model) => void ((model.steps = []), (model.episodes = [])) });
    const out = join(newFolder(), 'data.csv');
    await exported({ runDir, out });
    expect(text(out)).toMatch(/^schema_version,[a-z_,]*,distance_to_goal,seed\n$/);
  });
});

describe('json', () => {
  const documentOf = async (runDir: string, request = {}): Promise<Record<string, unknown>> => {
    const out = join(newFolder(), 'data.json');
    await exported({ runDir, out, ...request });
    return JSON.parse(text(out)) as Record<string, unknown>;
  };
  const nested = (model = runModel()): unknown[] =>
    model.episodes.map((episode) => ({
      ...episode,
      steps: model.steps.filter(({ episode_id: id }) => id === episode.episode_id),
    }));

  it('is run.json and the episodes with their steps', async () => {
    const runDir = await buildRun();
    const run = JSON.parse(text(join(runDir, 'run.json'))) as unknown;
    expect(await documentOf(runDir)).toEqual({ run, selection: null, episodes: nested() });
  });

  it('says what was chosen', async () => {
    const document = await documentOf(await buildRun(), { episodes: '3,1', columns: 'step,agent_y' });
    expect(document['selection']).toEqual({ episodes: '1,3', columns: ['step', 'agent_y'] });
    const episodes = document['episodes'] as { episode_id: string; steps: unknown[] }[];
    expect(episodes.map(({ episode_id: id }) => id)).toEqual(['ep-000001', 'ep-000003']);
    expect(episodes[1]!.steps[0]).toEqual({ step: 1, agent_position: { y: 0 } });
  });

  it('gives an episode that was cut off its steps, and one without steps none', async () => {
    const cut = await buildRun({ model: (model) => void model.episodes.pop(), status: 'aborted' });
    const model = runModel();
    const steps = model.steps.filter(({ episode_id: id }) => id === 'ep-000003');
    expect((await documentOf(cut))['episodes']).toEqual([
      ...nested({ ...model, episodes: model.episodes.slice(0, 2) }),
      { episode_id: 'ep-000003', steps },
    ]);
    const bare = await buildRun({ model: (changed) => void (changed.steps = steps) });
    expect((await documentOf(bare))['episodes']).toEqual([
      ...model.episodes.slice(0, 2).map((episode) => ({ ...episode, steps: [] })),
      { ...model.episodes[2], steps },
    ]);
  });

  it('without episodes is a document too', async () => {
    const runDir = await buildRun({ model: (model) => void ((model.steps = []), (model.episodes = [])) });
    expect((await documentOf(runDir))['episodes']).toEqual([]);
  });

  it('is compressed when the name says so', async () => {
    const out = join(newFolder(), 'data.json.gz');
    await exported({ runDir: await buildRun(), out });
    expect((JSON.parse(gunzipSync(readFileSync(out)).toString()) as { episodes: [] }).episodes).toHaveLength(
      3,
    );
  });
});
