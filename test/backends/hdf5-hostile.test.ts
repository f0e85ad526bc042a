import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadLibrary, type Library } from '../../src/backends/hdf5/library.js';
import { newDirectory, episodeRow, readBack, record, stepRow } from './hdf5-rows.js';

const STEPS = [1, 2, 3].flatMap((episode) => [1, 2, 3].map((step) => stepRow(episode, step)));
const EPISODES = [1, 2, 3].map((episode) => episodeRow(episode));
const RUN = '/run-20260101-000000';
const EPISODE = `${RUN}/ep-000002`;

/** What a stranger can do to a file with the same library. */
interface Tools extends Library {
  delete_attribute(file: bigint, path: string, name: string): number;
  create_soft_link(file: bigint, target: string, name: string): number;
  create_hard_link(file: bigint, target: string, name: string): number;
  create_external_link(file: bigint, name: string, target: string, link: string): number;
}
const INT64 = { type: 0, size: 8, signed: true, vlen: false };
const FLOAT32 = { type: 1, size: 4, signed: true, vlen: false };
const INT8 = { type: 0, size: 1, signed: true, vlen: false };
const TEXT = { type: 3, size: 4, signed: false, vlen: true };

let good: string;
let h5: Tools;
beforeAll(async () => {
  good = await record({ steps: STEPS, episodes: EPISODES });
  h5 = (await loadLibrary()) as Tools;
});

/** A run whose file was changed by `change`. */
function changed(change: (file: bigint, data: bigint) => void): string {
  const directory = newDirectory();
  const path = join(directory, 'run.h5');
  copyFileSync(join(good, 'run.h5'), path);
  const data = h5._malloc(1 << 16);
  h5.HEAPU8.fill(0, data, data + (1 << 16));
  const file = h5.open(path, 1, false, -1, -1);
  change(file, BigInt(data));
  h5.close_file(file);
  h5._free(data);
  return directory;
}
/** A run with one more episode, behind the good ones, of datasets given by `make`. */
const withEpisode = (make: (file: bigint, path: string, data: bigint) => void): string =>
  changed((file, data) => {
    h5.create_group(file, `${RUN}/ep-000004`, false);
    make(file, `${RUN}/ep-000004`, data);
  });
const INTS = ['step', 'action', 'agent_x', 'agent_y', 'seed'];
const FLOATS = ['ts', 'reward', 'distance_to_goal'];
/** All datasets of an episode, some of them otherwise. */
function datasets(file: bigint, path: string, data: bigint, over: Record<string, object>): void {
  const all = {
    ...Object.fromEntries(INTS.map((name) => [name, INT64])),
    ...Object.fromEntries(FLOATS.map((name) => [name, { ...INT64, type: 1 }])),
    terminated: INT8,
    truncated: INT8,
    observation_summary: { ...INT64, type: 1, shape: [2n, 1n] },
  };
  for (const [name, options] of Object.entries({ ...all, ...over })) {
    h5.create_dataset(file, `${path}/${name}`, data, { shape: [2n], maxshape: null, ...INT64, ...options });
  }
}

async function stepsOf(directory: string): Promise<{ rows: number; findings: string[] }> {
  const { rows, findings } = await readBack(directory);
  return { rows: rows.length, findings: findings.map(({ code, message }) => `${code}: ${message}`) };
}

describe('a file that is none of ours', () => {
  it.each([
    ['empty', Buffer.alloc(0)],
    ['text', Buffer.from('episode_id,step\n')],
    ['only a signature', Buffer.from('\x89HDF\r\n\x1a\n', 'latin1')],
    ['noise', Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251))],
  ])('%s', async (_, data) => {
    const directory = newDirectory();
    writeFileSync(join(directory, 'run.h5'), data);
    const { rows, findings } = await stepsOf(directory);
    expect(rows).toBe(0);
    expect(findings).toEqual([expect.stringMatching(/^hdf5-unreadable: .{10,}$/)]);
  });

  it('a folder, a pipe and a link that leads nowhere are no files', async () => {
    for (const make of [
      (path: string) => execFileSync('mkdir', [path]),
      (path: string) => execFileSync('mkfifo', [path]),
      (path: string) => execFileSync('ln', ['-s', 'nowhere', path]),
    ]) {
      const directory = newDirectory();
      make(join(directory, 'run.h5'));
      expect((await stepsOf(directory)).findings).toEqual([expect.stringMatching(/^hdf5-unreadable: /)]);
    }
  });

  it('of another program', async () => {
    const directory = changed((file) => h5.create_group(file, '/entry', true));
    expect((await stepsOf(directory)).findings).toEqual([
      'hdf5-column: group /entry has no schema_version_json',
    ]);
  });
});

describe('columns', () => {
  it.each([
    ['of another type', { reward: FLOAT32 }, 'column reward is not float64'],
    [
      'of texts',
      { action: { ...TEXT, type: 3, size: 65_000, vlen: false, shape: [1n] } },
      'column action is not int64',
    ],
    ['unsigned', { seed: { ...INT64, signed: false } }, 'column seed is not int64'],
    [
      'shorter',
      { agent_x: { shape: [1n] } },
      'the columns of /run-20260101-000000/ep-000004 have different numbers of rows',
    ],
    ['of another rank', { step: { shape: [2n, 1n] } }, 'column step has not 1 dimension'],
    [
      'lists without width',
      { observation_summary: { ...INT64, type: 1, shape: [2n] } },
      'column observation_summary has not 2 dimensions',
    ],
    [
      'too wide',
      { observation_summary: { ...INT64, type: 1, shape: [0n, 70_000n] } },
      'column observation_summary has lists of 70000 values',
    ],
  ])('%s', async (_, over, message) => {
    const directory = withEpisode((file, path, data) => datasets(file, path, data, over));
    expect(await stepsOf(directory)).toEqual({ rows: 9, findings: [`hdf5-column: ${message}`] });
  });

  it('with values no column has', async () => {
    for (const [name, value] of [
      ['seed', Buffer.from('00000000000000800000000000000000', 'hex')],
      ['terminated', Buffer.from([0, 2])],
    ] as const) {
      const directory = withEpisode((file, path, data) => {
        datasets(file, path, data, {});
        h5.HEAPU8.set(value, Number(data));
        const count = [2n];
        h5.set_dataset_data(file, `${path}/${name}`, count, [0n], [1n], data);
      });
      const { findings } = await stepsOf(directory);
      expect(findings).toEqual([expect.stringMatching(`^hdf5-column: column ${name} has an? `)]);
    }
  });

  it('missing ones, of steps and of episodes', async () => {
    const bare = withEpisode((file, path, data) =>
      h5.create_dataset(file, `${path}/step`, data, { ...INT64, shape: [2n], maxshape: null }),
    );
    expect((await stepsOf(bare)).findings).toEqual([`hdf5-column: column ts is missing in ${RUN}/ep-000004`]);
    const directory = changed((file) => h5.delete_attribute(file, EPISODE, 'total_steps'));
    const { rows, findings } = await readBack(directory, 'episodes');
    expect(findings).toMatchObject([
      { code: 'hdf5-column', message: `attribute total_steps is missing in ${EPISODE}` },
    ]);
    expect(rows).toEqual(EPISODES.slice(0, 1));
  });

  it('texts of variable length are not read: the library may never come back from a damaged one', async () => {
    const directory = changed((file) => {
      const text = { ...TEXT, shape: [], maxshape: null };
      h5.create_vlen_str_attribute(file, RUN, 'steps_null_columns', ['action'], text);
    });
    expect((await stepsOf(directory)).findings).toEqual([
      'hdf5-column: attribute steps_null_columns of "/run-20260101-000000" is not a text of fixed length',
    ]);
  });

  it('said to be null that must not be', async () => {
    const directory = changed((file, data) => {
      h5.HEAPU8.set(Buffer.from('reward'), Number(data));
      const text = { ...TEXT, size: 6, vlen: false, shape: [], maxshape: null };
      h5.create_attribute(file, RUN, 'steps_null_columns', data, text);
    });
    expect((await stepsOf(directory)).findings).toEqual([`hdf5-column: column reward is null in ${RUN}`]);
  });
});

describe('sizes that cannot be true', () => {
  it('rows without data', async () => {
    const grown = changed((file, data) => {
      h5.create_group(file, `${RUN}/ep-000004`, false);
      const huge = { shape: [1n], maxshape: [18446744073709551615n], chunks: [1000n] };
      const lists = {
        ...INT64,
        type: 1,
        shape: [1n, 1n],
        maxshape: [18446744073709551615n, 1n],
        chunks: [1000n, 1n],
      };
      const over = Object.fromEntries(
        [...INTS, ...FLOATS, 'terminated', 'truncated'].map((name) => [name, huge]),
      );
      datasets(file, `${RUN}/ep-000004`, data, { ...over, observation_summary: lists });
      for (const name of INTS) h5.resize_dataset(file, `${RUN}/ep-000004/${name}`, [1_000_000_000_000n]);
    });
    const before = process.memoryUsage().rss;
    const { findings } = await stepsOf(grown);
    expect(findings).toEqual([expect.stringMatching(/^hdf5-/)]);
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
  });

  it('a chunk too large to be held', async () => {
    const chunk = { shape: [2n], maxshape: [18446744073709551615n], chunks: [10_000_000n] };
    const directory = withEpisode((file, path, data) => datasets(file, path, data, { agent_x: chunk }));
    expect(await stepsOf(directory)).toEqual({
      rows: 9,
      findings: ['hdf5-unreadable: it has a dataset with chunks of 80000000 bytes'],
    });
  });
});

describe('links', () => {
  it('out of the file are not followed', async () => {
    const secret = await record({ steps: [stepRow(9, 1)] });
    const directory = changed((file) => {
      h5.create_external_link(file, join(secret, 'run.h5'), `${RUN}/ep-000009`, `${RUN}/ep-000009`);
    });
    expect(await stepsOf(directory)).toEqual({
      rows: 9,
      findings: [expect.stringMatching(/^hdf5-unreadable: /)],
    });
  });

  it('in circles, and to nowhere, end', async () => {
    for (const change of [
      (file: bigint) => h5.create_hard_link(file, '/', `${RUN}/ep-000004`),
      (file: bigint) => h5.create_hard_link(file, RUN, `${RUN}/ep-000004`),
      (file: bigint) => h5.create_soft_link(file, `${RUN}/ep-000004`, `${RUN}/ep-000004`),
      (file: bigint) => h5.create_soft_link(file, '/nowhere', `${RUN}/ep-000004`),
    ]) {
      const { rows } = await stepsOf(changed(change));
      expect(rows).toBe(9);
    }
  });
});

describe('damage', () => {
  it('a file cut anywhere is a finding, never another answer', async () => {
    const whole = readFileSync(join(good, 'run.h5'));
    for (let cut = 0; cut < whole.length; cut += 997) {
      const directory = newDirectory();
      writeFileSync(join(directory, 'run.h5'), whole.subarray(0, cut));
      const { findings } = await stepsOf(directory);
      expect(findings).toHaveLength(1);
    }
  });

  it('flipped bits are read or found, and nothing lasts', async () => {
    const whole = readFileSync(join(good, 'run.h5'));
    for (let i = 0; i < 300; i++) {
      const copy = Buffer.from(whole);
      for (let k = 0; k <= i % 3; k++) copy[(i * 7919 + k * 104_729) % copy.length]! ^= 1 << ((i + k) % 8);
      const directory = newDirectory();
      writeFileSync(join(directory, 'run.h5'), copy);
      for (const stream of ['steps', 'episodes'] as const) {
        const { rows, findings } = await readBack(directory, stream);
        expect(rows.length <= 9 || findings.length > 0).toBe(true);
      }
    }
    expect((await readBack(good)).rows).toEqual(STEPS);
  }, 60_000);
});
