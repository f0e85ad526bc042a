import { existsSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Group } from 'h5wasm/node';
import { describe, expect, it } from 'vitest';
import { hdf5 } from '../../src/backends/hdf5/index.js';
import { linkName, LinkNames, textOfLink } from '../../src/backends/hdf5/names.js';
import { jsonl } from '../../src/backends/jsonl/index.js';
import { storageOptions } from '../../src/backends/storage.js';
import { FULL_RECORDING, STREAMS, streamsOf } from '../../src/core/streams.js';
import {
  batchOfRows,
  episodeRow,
  FACTS,
  newDirectory,
  openWriter,
  readBack,
  record,
  stepRow,
  type Row,
} from './hdf5-rows.js';

const STREAMS_WITH_NULLS = streamsOf({ ...FULL_RECORDING, omitted: ['action', 'observation_summary'] });
const STEPS = [1, 2].flatMap((episode) => [1, 2, 3].map((step) => stepRow(episode, step)));
const EPISODES = [episodeRow(1), episodeRow(2)];

const odd = fc.oneof(
  fc.constantFrom(
    'ep-000001',
    'ep-000002',
    'ep-000010',
    '',
    '.',
    '..',
    '/',
    'a/b',
    '%',
    '%2F',
    'x~2',
    'a\0b',
    '\0',
  ),
  fc.string({ unit: 'grapheme' }),
);
const ids = fc.record({ schema_version: odd, run_id: odd, episode_id: odd });

describe('names of groups', () => {
  it.each([
    ['ep-000001', 'ep-000001'],
    ['', '%'],
    ['.', '%2E'],
    ['..', '%2E%2E'],
    ['a.b', 'a.b'],
    ['a/b%~\0', 'a%2Fb%25%7E%00'],
    ['ü 東', 'ü 東'],
  ])('%j is %j', (text, name) => {
    expect(linkName(text)).toBe(name);
    expect(textOfLink(name)).toBe(text);
  });

  it('are never the same twice, and tell the text', () => {
    fc.assert(
      fc.property(fc.array(odd), (texts) => {
        const names = new LinkNames();
        const given = texts.map((text) => names.next(text));
        expect(new Set(given).size).toBe(given.length);
        expect(given.map(textOfLink)).toEqual(texts);
      }),
    );
  });
});

describe('round trip', () => {
  it('keeps rows of both streams, whatever their texts and whoever belongs to whom', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(ids, { maxLength: 12 }), fc.array(ids, { maxLength: 12 }), async (a, b) => {
        const steps = a.flatMap((over, i) => [stepRow(1, 2 * i + 1, over), stepRow(1, 2 * i + 2, over)]);
        const episodes = b.map((over, i) => episodeRow(i + 1, over));
        const directory = await record({ steps, episodes });
        expect(await readBack(directory)).toMatchObject({ rows: steps, findings: [] });
        expect(await readBack(directory, 'episodes')).toMatchObject({ rows: episodes, findings: [] });
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  it('keeps columns that are null for a while', async () => {
    const nulls: Row = { action: null, observation_summary: null };
    const steps = [
      stepRow(1, 1, nulls),
      stepRow(1, 2),
      stepRow(2, 1),
      stepRow(3, 1, { ...nulls, action: 1 }),
    ];
    const timeless: Row = { duration_ms: null, avg_step_time_ms: null };
    const episodes = [episodeRow(1), episodeRow(2, timeless), episodeRow(3), episodeRow(4, timeless)];
    const directory = await record({ steps, episodes }, { streams: STREAMS_WITH_NULLS });
    expect(await readBack(directory, 'steps', STREAMS_WITH_NULLS)).toMatchObject({
      rows: steps,
      findings: [],
    });
    expect(await readBack(directory, 'episodes')).toMatchObject({ rows: episodes, findings: [] });
  });

  it('keeps the steps of an episode without a row, and rows without steps', async () => {
    const open = await record({ steps: STEPS, episodes: EPISODES.slice(0, 1) });
    expect((await readBack(open)).rows).toEqual(STEPS);
    expect((await readBack(open, 'episodes')).rows).toEqual(EPISODES.slice(0, 1));
    const bare = await record({ episodes: EPISODES });
    expect(await readBack(bare)).toEqual({ rows: [], findings: [], batches: 0 });
    expect((await readBack(bare, 'episodes')).rows).toEqual(EPISODES);
  });

  it('keeps lists without values', async () => {
    const steps = [1, 2, 3].map((step) => stepRow(1, step, { observation_summary: [] }));
    for (const options of [{}, { compression: 'gzip' as const }]) {
      expect(await readBack(await record({ steps }, { options }))).toMatchObject({
        rows: steps,
        findings: [],
      });
    }
  });

  it('joins short episodes into batches and cuts long ones', async () => {
    const steps = [70_000, 3, 4095, 2].flatMap((count, i) =>
      Array.from({ length: count }, (_, step) => stepRow(i + 1, step + 1)),
    );
    for (const options of [{}, { compression: 'gzip' as const, chunk_size: 1000 }]) {
      const directory = await record({ steps }, { options });
      const { rows, batches, findings } = await readBack(directory);
      expect(findings).toEqual([]);
      expect(rows).toHaveLength(steps.length);
      expect(rows.every((row, i) => row['step'] === steps[i]!['step'] && row['ts'] === steps[i]!['ts'])).toBe(
        true,
      );
      expect(batches).toBeLessThan(22);
    }
  }, 30_000);

  it('makes the same bytes of the same rows', async () => {
    const hashes = [];
    const clock = Date.now;
    for (let i = 0; i < 2; i++) {
      Date.now = () => clock() + i * 100_000;
      const writer = await openWriter(newDirectory());
      await writer.write(batchOfRows(STREAMS.steps, STEPS));
      hashes.push((await writer.close()).map(({ sha256 }) => sha256));
      Date.now = clock;
    }
    expect(hashes[0]).toEqual(hashes[1]);
  });
});

describe('filters', () => {
  it.each([
    { compression: 'gzip' },
    { compression: 'gzip', compression_opts: 9, chunk_size: 2 },
    { shuffle: true },
    { fletcher32: true },
    { chunk_size: 2 },
  ] as const)('%j', async (options) => {
    const steps = Array.from({ length: 100 }, (_, i) => stepRow(1, i + 1));
    const directory = await record({ steps: [...steps, stepRow(2, 1)] }, { options });
    expect(await readBack(directory)).toMatchObject({ rows: [...steps, stepRow(2, 1)], findings: [] });
  });

  it.each([
    [{ compression: 'lzf' }, /compression: lzf is not in the HDF5 library/],
    [{ compression: 'gzip', shuffle: true }, /one filter, not compression=gzip and shuffle=true/],
    [{ shuffle: true, fletcher32: true }, /one filter, not shuffle=true and fletcher32=true/],
    [{ compression_opts: 6 }, /compression_opts: 6 is the level of gzip/],
    [{ compression: 'szip' }, /compression: szip fails on short columns/],
  ] as const)('%j is refused', async (options, message) => {
    const directory = newDirectory();
    await expect(openWriter(directory, options)).rejects.toMatchObject({
      kind: 'config',
      message: expect.stringMatching(message) as unknown,
    });
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('the journal', () => {
  it('is a JSONL run until the file stands, then gone', async () => {
    const directory = newDirectory();
    const writer = await openWriter(directory);
    await writer.write(batchOfRows(STREAMS.steps, STEPS));
    await writer.write(batchOfRows(STREAMS.episodes, EPISODES));
    await writer.flush();
    const names = readdirSync(directory).sort();
    expect(names).toEqual(['episodes.jsonl.gz', 'steps.jsonl.gz']);
    expect(jsonl.has(names)).toBe(true);
    let rows = 0;
    for await (const { batch } of jsonl.openReader(directory, names, STREAMS).batches('steps', () => {})) {
      rows += batch.rows;
    }
    expect(rows).toBe(STEPS.length);
    const files = await writer.close();
    expect(files).toMatchObject([{ path: 'run.h5', rows: STEPS.length + EPISODES.length }]);
    expect(readdirSync(directory)).toEqual(['run.h5']);
  });

  it('is kept when the file cannot be made, and nothing else', async () => {
    const directory = newDirectory();
    const writer = await openWriter(directory);
    await writer.write(batchOfRows(STREAMS.steps, STEPS));
    await writer.flush();
    truncateSync(join(directory, 'steps.jsonl.gz'), 5);
    await expect(writer.close()).rejects.toMatchObject({
      kind: 'io',
      message: expect.stringContaining(`cannot make ${join(directory, 'run.h5')}: `) as unknown,
      hint: 'the records are kept as JSON lines in steps.jsonl.gz and episodes.jsonl.gz',
    });
    expect(readdirSync(directory).sort()).toEqual(['episodes.jsonl.gz', 'steps.jsonl.gz']);
    // and the next run does not suffer
    expect((await readBack(await record({ steps: STEPS }))).rows).toEqual(STEPS);
  });

  it('takes rows that were encoded elsewhere', async () => {
    const directory = newDirectory();
    const writer = await openWriter(directory);
    const encoder = hdf5.openEncoder!({ streams: STREAMS, storage: storageOptions() });
    const piece = encoder.encode(batchOfRows(STREAMS.steps, STEPS));
    for (const rows of [...(piece === null ? [] : [piece]), ...encoder.flush()]) await writer.append!(rows);
    await writer.close();
    expect((await readBack(directory)).rows).toEqual(STEPS);
  });

  it('does not write over a file that is there, and lets go when told to', async () => {
    const directory = newDirectory();
    writeFileSync(join(directory, 'run.h5'), '');
    await expect(openWriter(directory)).rejects.toMatchObject({ kind: 'io' });
    expect(readdirSync(directory)).toEqual(['run.h5']);
    const writer = await openWriter(newDirectory());
    await writer.abort();
    await writer.abort();
  });
});

it('a run without records has its facts', async () => {
  const directory = await record({});
  expect(existsSync(join(directory, 'run.h5'))).toBe(true);
  expect(await readBack(directory)).toEqual({ rows: [], findings: [], batches: 0 });
  const { File, ready } = await import('h5wasm/node');
  await ready;
  const file = new File(join(directory, 'run.h5'), 'r');
  const { attrs } = file.get(FACTS.run_id) as Group;
  const found = Object.fromEntries(Object.entries(attrs).map(([name, { value }]) => [name, value]));
  file.close();
  expect(found).toEqual({ ...FACTS, schema_version_json: '"1.0.0"' });
});
