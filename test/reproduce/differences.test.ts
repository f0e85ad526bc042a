import { appendFileSync, cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { canonicalHash, parseTypedJson, type JsonMap } from '../../src/core/canonical-json.js';
import { STREAM_NAMES } from '../../src/core/layout.js';
import { streamsOf } from '../../src/core/streams.js';
import { lockRun } from '../../src/io/run-lock.js';
import { capturedRun, newFolder } from '../fixtures/captured-run.js';
import {
  abortedRun,
  copyOf,
  reproduce,
  reproduction,
  unfinished,
  withJson,
  withRecords,
  withRunText,
  type JsonRecord,
} from './support.js';

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

describe('what run.json and manifest.json say', () => {
  it('another seed gives another run', async () => {
    const path = withRunText(runDir, (text) => {
      const changed = text.replace(/"seed": 40\b/, '"seed": 41');
      const { extra } = parseTypedJson(changed) as { extra: { config: JsonMap } };
      return changed.replace(/("config_hash": ")[0-9a-f]{64}/, `$1${canonicalHash(extra.config)}`);
    });
    const { difference } = await reproduction(path);
    expect(difference).toMatchObject({ episode: 1, step: 1 });
  });

  it('a configuration that was changed is refused', async () => {
    const changed = withJson(runDir, 'run.json', (run) => {
      (run['extra'] as { config: Record<string, unknown> }).config['seed'] = 41;
    });
    await expect(reproduce(changed)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining('was changed') as string,
    });
  });

  it('another way of recording than the configuration has is refused', async () => {
    const path = await capturedRun(newFolder(), ['record.recording.step_interval=3']);
    const changed = withJson(path, 'run.json', (run) => {
      (run['extra'] as { recording: Record<string, unknown> }).recording['step_interval'] = 2;
    });
    await expect(reproduce(changed)).rejects.toMatchObject({
      kind: expect.stringMatching(/input/) as string,
    });
  });

  it('another version is a note', async () => {
    const changed = withRunText(runDir, (text) => text.replace(/(?<="package_version": ")[^"]+/, '0.0.9'));
    expect(await reproduction(changed)).toMatchObject({
      identical: true,
      notes: [
        expect.stringMatching(/^captured by version 0\.0\.9 of plume-nav-capture, this is \d/) as string,
      ],
    });
  });

  it('another digest is a difference of its own', async () => {
    const wrong = 'f'.repeat(64);
    const changed = withJson(
      runDir,
      'manifest.json',
      (manifest) => void (manifest['content_digest'] = wrong),
    );
    expect(await reproduction(changed)).toMatchObject({
      counts: { episodes: 5, steps: 100 },
      difference: { episode: null, field: 'content_digest', recorded: wrong, file: 'manifest.json' },
    });
  });

  it('nothing of a configuration makes it a run of another program', async () => {
    const changed = withJson(runDir, 'run.json', (run) => void (run['extra'] = {}));
    await expect(reproduce(changed)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining('another program made this run') as string,
    });
  });
});
