import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { STREAM_NAMES } from '../../src/core/layout.js';
import { streamsOf } from '../../src/core/streams.js';
import { capturedRun, newFolder } from '../fixtures/captured-run.js';
import { reproduce, reproduction, unfinished, withRecords, type JsonRecord } from './support.js';

// no goal: every episode has 20 steps
const STEADY = ['episodes=5', 'env.goal_radius=0', 'env.source_location=[7,7]', 'policy=random', 'seed=40'];
let runDir: string;
let extended: string;
beforeAll(async () => {
  runDir = await capturedRun(newFolder(), STEADY);
  extended = await capturedRun(newFolder(), [...STEADY, 'record.columns=[orientation,agent_id]']);
});

type Path = readonly [string] | readonly [string, string];
const get = (record: JsonRecord, [key, inner]: Path): unknown =>
  inner === undefined ? record[key] : (record[key] as Record<string, unknown>)[inner];
function set(record: JsonRecord, [key, inner]: Path, value: unknown): void {
  if (inner === undefined) record[key] = value;
  else (record[key] as Record<string, unknown>)[inner] = value;
}

/** Another value that a column of this type may have. */
function other(value: unknown): unknown {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return Number.isInteger(value) ? value + 1 : value * (1 + 2 ** -52);
  if (typeof value === 'string') return `${value.slice(0, -1)}9`;
  return (value as unknown[]).map(other);
}

describe('one value that is another', () => {
  const extra = streamsOf({
    full: true,
    step_interval: 1,
    omitted: [],
    columns: ['orientation', 'agent_id'],
  });
  const columns = STREAM_NAMES.flatMap((stream) =>
    extra[stream].columns.map(({ name, path, volatile }) => [stream, name, path, volatile === true] as const),
  );
  it.each(columns)('of %s: %s', async (stream, name, path, volatile) => {
    const line = stream === 'steps' ? 2 * 20 + 17 : 3;
    let [then, now]: unknown[] = [];
    const changed = withRecords(extended, stream, (records) => {
      const record = records[line - 1]!;
      then = get(record, path);
      // durations are null
      now = then === null ? 7 : other(then);
      set(record, path, now);
    });
    const { identical, difference, counts } = await reproduction(changed);
    if (volatile) return expect({ identical, difference }).toEqual({ identical: true, difference: null });
    // an episode that another interrupts ends too early, which comes first
    if (name === 'episode_id') return expect(difference).toMatchObject({ episode: 3 });
    expect(difference).toMatchObject({
      episode: 3,
      step: stream === 'steps' ? 17 : null,
      field: name,
      simulated: then,
      recorded: now,
      file: `${stream}.jsonl.gz`,
      line,
    });
    expect(counts).toEqual({ episodes: 2, steps: stream === 'steps' ? 56 : 60 });
  });

  it('of Parquet, HDF5 and SQLite is found where lines do not exist', async () => {
    for (const backend of ['parquet', 'hdf5', 'sqlite']) {
      const right = await capturedRun(newFolder(), [...STEADY, `record=${backend}`]);
      const wrong = await capturedRun(newFolder(), [
        ...STEADY,
        'env.reward_type=sparse',
        `record=${backend}`,
      ]);
      // the records of one run under the name of the other
      cpSync(join(right, 'run.json'), join(wrong, 'run.json'));
      const { out } = await reproduce(wrong);
      expect(out).toMatch(
        /^ep-000001 step 1: reward is -0\.01, recorded 0\.0\nat {6}\S+\nbefore {2}0 episodes/,
      );
    }
  });
});

describe('records that are missing or too many', () => {
  const CASES: [
    what: string,
    stream: 'steps' | 'episodes',
    change: (all: JsonRecord[]) => void,
    message: RegExp,
  ][] = [
    ['a step', 'steps', (all) => all.splice(36, 1), /^ep-000002 step 17: step is 17, recorded 18$/],
    [
      'the last step of an episode',
      'steps',
      (all) => all.splice(39, 1),
      /^ep-000002 step 20: is not recorded, the episode goes on$/,
    ],
    ['the last step', 'steps', (all) => all.splice(99, 1), /^ep-000005 step 20: is not recorded/],
    [
      'a step twice',
      'steps',
      (all) => all.splice(36, 0, all[36]!),
      /^ep-000002 step 18: step is 18, recorded 17$/,
    ],
    [
      'a step behind the end',
      'steps',
      (all) => all.push({ ...all[99]!, step: 21 }),
      /^ep-000005 step 21: is recorded, and the episode ends before it$/,
    ],
    ['a record', 'episodes', (all) => all.splice(2, 1), /^ep-000003: its record is missing$/],
    [
      'the last record',
      'episodes',
      (all) => all.splice(4, 1),
      /^ep-000005: its record is missing; the run has 5 episodes/,
    ],
    ['a record twice', 'episodes', (all) => all.splice(2, 0, all[2]!), /^ep-000004/],
    [
      'a record behind the end',
      'episodes',
      (all) => all.push({ ...all[4]!, episode_id: 'ep-000006' }),
      /^ep-000006: is recorded, and the run has no such episode$/,
    ],
    ['all steps of an episode', 'steps', (all) => all.splice(40, 20), /^ep-000003 step 1: is not recorded/],
    [
      'two steps in another order',
      'steps',
      (all) => all.splice(36, 2, all[37]!, all[36]!),
      /^ep-000002 step 17: step is 17, recorded 18$/,
    ],
  ];
  it.each(CASES)('%s', async (_, stream, change, message) => {
    const { identical, difference } = await reproduction(
      withRecords(runDir, stream, (records) => {
        change(records);
      }),
    );
    expect(identical).toBe(false);
    expect(difference?.message).toMatch(message);
  });

  it('the last episode, with its record', async () => {
    const changed = withRecords(
      withRecords(runDir, 'steps', (all) => all.slice(0, 80)),
      'episodes',
      (all) => all.slice(0, 4),
    );
    const { difference } = await reproduction(changed);
    expect(difference?.message).toBe(
      'ep-000005: is not recorded; the run has 5 episodes by its manifest.json',
    );
  });
});

it('says what is different in a line, where it stands, and how much before it is not', async () => {
  const changed = withRecords(runDir, 'steps', (all) => void (all[36]!['reward'] = 0));
  expect(await reproduce(changed)).toEqual({
    code: 1,
    out: 'ep-000002 step 17: reward is -0.01, recorded 0.0\nat      steps.jsonl.gz:37\nbefore  1 episode, 36 steps: identical\n',
    err: '',
  });
});

describe('one episode', () => {
  it('is compared alone, whatever the others are like', async () => {
    const changed = withRecords(runDir, 'steps', (all) => void (all[36]!['reward'] = 0));
    expect(await reproduce(changed, { episode: '4' })).toEqual({
      code: 0,
      out: 'reproduced episode 4, 20 steps: identical\n',
      err: '',
    });
    const { difference, counts } = await reproduction(changed, { episode: '2' });
    expect(difference).toMatchObject({ episode: 2, step: 17, field: 'reward', line: 37 });
    expect(counts).toEqual({ episodes: 0, steps: 16 });
  });

  it.each([
    ['0', 'is not the number of an episode'],
    ['1.5', 'is not the number of an episode'],
    ['6', 'has no episode 6'],
  ])('--episode %s is a mistake', async (episode, message) => {
    await expect(reproduce(runDir, { episode })).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining(message) as string,
    });
  });

  it('that an unfinished run does not have is one, too', async () => {
    const cut = withRecords(
      withRecords(runDir, 'steps', (all) => all.slice(0, 45)),
      'episodes',
      (all) => all.slice(0, 2),
    );
    await expect(reproduce(unfinished(cut), { episode: '4' })).rejects.toMatchObject({ kind: 'usage' });
    expect(await reproduction(cut, { episode: '3' })).toMatchObject({
      identical: true,
      open_episode: { episode: 3, steps: 5 },
    });
  });
});
