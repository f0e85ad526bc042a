import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { jsonl } from '../../src/backends/jsonl/index.js';
import { storageOptions, type Hdf5Options } from '../../src/backends/storage.js';
import { FULL_RECORDING, streamsOf } from '../../src/core/streams.js';
import {
  batchOfRows,
  episodeRow,
  FACTS,
  newDirectory,
  record,
  stepRow,
  type Row,
} from '../backends/hdf5-rows.js';
import { ask, findPeers } from './python.js';

const peers = findPeers(['h5py', 'pandas']);
const SCRIPT = fileURLToPath(new URL('read_hdf5.py', import.meta.url));
const STREAMS = streamsOf({ ...FULL_RECORDING, columns: ['orientation', 'agent_id'] });

const EXTRA: Row = { orientation: 90, agent_id: 0 };
// more than a group keeps in its compact form, and in another order than their names
const NUMBERS = Array.from({ length: 40 }, (_, i) => 999_990 + i);
const ROWS = 20;
const STEPS = NUMBERS.flatMap((episode) =>
  Array.from({ length: ROWS }, (_, i) => stepRow(episode, i + 1, EXTRA)),
);
const EPISODES = NUMBERS.slice(0, -1).map((episode) => episodeRow(episode));

interface Answer {
  episodes: string[];
  unequal: unknown[];
  run: Record<string, string>;
  dtypes: Record<string, string>;
  shapes: Record<string, number[]>;
  attributes: Record<string, string>;
  frame: { rows: number; mean: number };
  storage: Record<string, unknown>;
}

async function question(options: Partial<Hdf5Options> = {}): Promise<object> {
  const directory = await record({ steps: STEPS, episodes: EPISODES }, { streams: STREAMS, options });
  const lines = newDirectory();
  const writer = await jsonl.openWriter({
    directory: lines,
    streams: STREAMS,
    storage: storageOptions(),
    run: FACTS,
  });
  await writer.write(batchOfRows(STREAMS.steps, STEPS));
  await writer.write(batchOfRows(STREAMS.episodes, EPISODES));
  await writer.close();
  return {
    h5: join(directory, 'run.h5'),
    steps: join(lines, 'steps.jsonl.gz'),
    episodes: join(lines, 'episodes.jsonl.gz'),
    episode: 'ep-999990',
  };
}

describe.skipIf(peers.python === null)(`h5py and pandas (${peers.reason})`, () => {
  let answer: Answer;
  beforeAll(async () => {
    [answer] = ask(peers, SCRIPT, [await question()]) as [Answer];
  }, 60_000);

  it('read the values of the JSON lines, in the order of recording', () => {
    expect(answer.unequal).toEqual([]);
    expect(answer.episodes).toEqual(NUMBERS.map((number) => `ep-${String(number).padStart(6, '0')}`));
  });

  it('find the dtype and shape of each column', () => {
    const ints = ['step', 'action', 'agent_x', 'agent_y', 'seed', 'agent_id'];
    const floats = ['ts', 'reward', 'distance_to_goal', 'observation_summary', 'orientation'];
    const types = [
      ...ints.map((name) => [name, 'int64']),
      ...floats.map((name) => [name, 'float64']),
      ...['terminated', 'truncated'].map((name) => [name, 'int8']),
    ];
    expect(answer.dtypes).toEqual(Object.fromEntries(types));
    const shapes = types.map(([name]) => [name, name === 'observation_summary' ? [ROWS, 2] : [ROWS]]);
    expect(answer.shapes).toEqual(Object.fromEntries(shapes));
  });

  it('find the episode and the run in attributes', () => {
    expect(answer.attributes).toEqual({
      episode_id: 'str',
      terminated: 'int8',
      truncated: 'int8',
      total_steps: 'int64',
      total_reward: 'float64',
      final_x: 'int64',
      final_y: 'int64',
      final_distance_to_goal: 'float64',
      duration_ms: 'float64',
      avg_step_time_ms: 'float64',
    });
    expect(answer.run).toEqual({ ...FACTS, schema_version_json: '"1.0.0"' });
  });

  it('make a frame of an episode', () => {
    expect(answer.frame.rows).toBe(ROWS);
    const distances = Array.from({ length: ROWS }, (_, i) => Math.sqrt(i + 1));
    expect(answer.frame.mean).toBeCloseTo(distances.reduce((sum, each) => sum + each) / ROWS, 12);
  });

  it('read every filter', async () => {
    const none = { compression: null, opts: null, shuffle: false, fletcher32: false };
    const cases: [Partial<Hdf5Options>, object][] = [
      [
        { compression: 'gzip', compression_opts: 7 },
        { ...none, compression: 'gzip', opts: 7 },
      ],
      [{ shuffle: true }, { ...none, shuffle: true }],
      [{ fletcher32: true }, { ...none, fletcher32: true }],
      [{ chunk_size: 2 }, { ...none, chunks: [2] }],
    ];
    const answers = ask<object, Answer>(
      peers,
      SCRIPT,
      await Promise.all(cases.map(([options]) => question(options))),
    );
    for (const [i, [, expected]] of cases.entries()) {
      expect(answers[i]!.unequal).toEqual([]);
      expect(answers[i]!.storage).toMatchObject(expected);
    }
  }, 60_000);
});
