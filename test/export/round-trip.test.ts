import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { backends } from '../../src/backends/index.js';
import { STREAMS } from '../../src/core/streams.js';
import { capturedRun } from '../fixtures/captured-run.js';
import { buildRun } from '../fixtures/run-builder.js';
import { asRun, digestOf, exported, newFolder, RECORDED, rowsOf, type RecordedFormat } from './support.js';

const ENDINGS: Readonly<Record<RecordedFormat, string>> = {
  jsonl: '.jsonl.gz',
  parquet: '.parquet',
  hdf5: '.h5',
  sqlite: '.db',
};

it('every backend that keeps records is here', () => {
  expect([...RECORDED, 'none'].sort()).toEqual([...backends.names].sort());
});

describe('a run through two formats', () => {
  let runDir: string;
  let recorded: { content_digest: string; counts: { episodes: number; steps: number } };
  const first = new Map<RecordedFormat, string>();

  const through = async (format: RecordedFormat, from: string): Promise<string> => {
    const out = join(newFolder(), `data${ENDINGS[format]}`);
    const { counts } = await exported({ runDir: from, out });
    expect(counts).toEqual(recorded.counts);
    return asRun(format, out, from);
  };

  beforeAll(async () => {
    runDir = await capturedRun(newFolder(), [
      'episodes=12',
      'env.max_steps=100',
      'env.goal_radius=0',
      'env.observation_type=antennae',
      'clock=wall',
      'run_id=null',
    ]);
    recorded = JSON.parse(readFileSync(join(runDir, 'manifest.json'), 'utf8')) as typeof recorded;
    for (const format of RECORDED) first.set(format, await through(format, runDir));
  }, 60_000);

  it.each(RECORDED)('jsonl to %s keeps the content digest', async (format) => {
    expect(await digestOf('jsonl', runDir)).toBe(recorded.content_digest);
    expect(await digestOf(format, first.get(format)!)).toBe(recorded.content_digest);
  });

  it.each(RECORDED.flatMap((from) => RECORDED.map((to) => [from, to] as const)))(
    '%s to %s keeps every value, times and ids too',
    async (from, to) => {
      const second = await through(to, first.get(from)!);
      expect(await digestOf(to, second)).toBe(recorded.content_digest);
      for (const stream of ['steps', 'episodes'] as const) {
        expect(await rowsOf(to, second, stream)).toEqual(await rowsOf('jsonl', runDir, stream));
      }
    },
    30_000,
  );
});

it.each(RECORDED)('%s keeps an episode that was cut off', async (format) => {
  const runDir = await buildRun({ model: (model) => void model.episodes.pop(), status: 'aborted' });
  const out = join(newFolder(), `data${ENDINGS[format]}`);
  expect((await exported({ runDir, out })).counts).toEqual({ episodes: 2, steps: 17 });
  expect(await digestOf(format, asRun(format, out, runDir))).toBe(await digestOf('jsonl', runDir));
});

it.each(RECORDED)('%s takes some columns of some episodes', async (format) => {
  const runDir = await buildRun();
  const out = join(newFolder(), `data${ENDINGS[format]}`);
  const names = ['schema_version', 'run_id', 'episode_id', 'step', 'agent_x'];
  const { columns, episodes } = await exported({ runDir, out, columns: names.join(), episodes: '2-3' });
  expect({ columns, episodes }).toEqual({ columns: names, episodes: '2-3' });
  const steps = {
    name: 'steps',
    columns: STREAMS.steps.columns.filter(({ name }) => names.includes(name)),
  } as const;
  const wanted = (await rowsOf('jsonl', runDir, 'steps'))
    .filter((row) => row['episode_id'] !== 'ep-000001')
    .map((row) => Object.fromEntries(names.map((name) => [name, row[name]])));
  expect(await rowsOf(format, asRun(format, out, runDir), 'steps', { ...STREAMS, steps })).toEqual(wanted);
});

it.each([
  ['parquet', 'data.parquet'],
  ['hdf5', 'data.h5'],
  ['sqlite', 'data.db'],
] as const)('%s says which part of the run it holds', async (_, name) => {
  const runDir = await buildRun();
  const [whole, part] = [newFolder(), newFolder()];
  const columns = 'schema_version,run_id,episode_id,step';
  await exported({ runDir, out: join(whole, name) });
  await exported({ runDir, out: join(part, name), episodes: '1,3', columns });
  const selection = JSON.stringify({ episodes: '1,3', columns: columns.split(',') });
  // in sqlite it is a text within JSON
  const forms = [selection, JSON.stringify(selection).slice(1, -1)];
  const says = (folder: string): boolean => {
    const bytes = readFileSync(join(folder, name));
    return forms.some((form) => bytes.includes(form));
  };
  expect([says(whole), says(part)]).toEqual([false, true]);
});
