import assert from 'node:assert/strict';
import type { Backend } from '../backends/backend.js';
import { checkBackend } from '../backends/own-backend.js';
import type { RunWriter } from '../core/ports.js';
import {
  EXTRA_COLUMN_NAMES,
  FULL_RECORDING,
  OMITTABLE,
  STREAMS,
  streamsOf,
  type RunStreams,
} from '../core/streams.js';
import type { ContractCase } from './contract-case.js';
import { RandomRuns, recut, type Piece } from './random-run.js';
import { spoil, toBatch } from './rows.js';
import { LIST_WIDTH, Trial } from './trial.js';

export interface BackendPromises {
  /** False for a format whose files differ from one writing to the next. */
  deterministic?: boolean;
  /** `record.storage.options` of the backend. */
  options?: Readonly<Record<string, unknown>>;
}

/** What a run may hold: the base columns, or all extra ones and nothing that can be left out. */
const FORMS: Readonly<Record<string, RunStreams>> = {
  'base columns': STREAMS,
  'extra and omitted columns': streamsOf({
    ...FULL_RECORDING,
    omitted: OMITTABLE,
    columns: EXTRA_COLUMN_NAMES,
  }),
};

/**
 * What every backend promises, as cases for any test runner: rows of both streams read back as written, whatever
 * they are and however they are cut, flushed and handed over; nothing is written over; what an abort leaves behind
 * is a beginning of the run.
 *
 * @example for (const { name, run } of backendContract(() => backend)) test(name, run);
 */
export function backendContract(
  load: () => Backend | Promise<Backend>,
  { deterministic = true, options = {} }: BackendPromises = {},
): ContractCase[] {
  const cases: ContractCase[] = [];
  /** @param check runs once for each form of a run, in a folder of its own */
  const add = (
    name: string,
    check: (setUp: () => Trial, runs: RandomRuns, backend: Backend) => Promise<void>,
  ): void => {
    for (const [form, streams] of Object.entries(FORMS)) {
      const run = async (): Promise<void> => {
        const backend = checkBackend('under test', await load());
        const trials: Trial[] = [];
        const setUp = (): Trial => {
          const trial = new Trial(backend, streams, options);
          trials.push(trial);
          return trial;
        };
        try {
          await check(setUp, new RandomRuns(11, streams, LIST_WIDTH), backend);
        } finally {
          for (const trial of trials) trial.remove();
        }
      };
      cases.push({ name: `${name} (${form})`, run });
    }
  };

  add('reads back what it wrote', async (setUp, runs) => {
    for (let episodes = 1; episodes <= 8; episodes++) {
      const trial = setUp();
      const pieces = runs.run(episodes, episodes % 3 === 0);
      await trial.assertHolds(pieces, await trial.writeAll(pieces));
    }
  });

  add('reads back the same however rows are cut into batches', async (setUp, runs) => {
    const pieces = runs.run(5, false);
    for (const size of [1, 7, 100_000]) {
      const trial = setUp();
      await trial.assertHolds(pieces, await trial.writeAll(recut(pieces, size)));
    }
  });

  add('keeps any text, in any order of episodes', async (setUp, runs) => {
    for (let i = 0; i < 3; i++) {
      const trial = setUp();
      const pieces = runs.anything();
      await trial.assertHolds(pieces, await trial.writeAll(pieces));
    }
  });

  add('holds a run with nothing in it, or with one stream only', async (setUp, runs) => {
    const pieces = runs.run(3, false);
    for (const kept of [
      [],
      pieces.filter(({ stream }) => stream === 'steps'),
      pieces.filter(({ stream }) => stream === 'episodes'),
    ]) {
      const trial = setUp();
      await trial.assertHolds(kept, await trial.writeAll(kept));
    }
  });

  add('can be flushed at any time', async (setUp, runs) => {
    const trial = setUp();
    const pieces = runs.run(4, false);
    const writer = await trial.openWriter();
    await writer.flush();
    for (const piece of pieces) {
      await trial.write(writer, piece);
      await writer.flush();
    }
    await writer.flush();
    await trial.assertHolds(pieces, await writer.close());
  });

  add('keeps nothing of a batch once write has resolved', async (setUp, runs) => {
    const trial = setUp();
    const pieces = runs.run(4, false);
    const writer = await trial.openWriter();
    for (const { stream, rows } of pieces) {
      const batch = toBatch(trial.streams[stream], rows, LIST_WIDTH);
      await writer.write(batch);
      spoil(batch);
    }
    await trial.assertHolds(pieces, await writer.close());
  });

  add('appends rows that were encoded elsewhere as if it had written them', async (setUp, runs, backend) => {
    if (backend.openEncoder === undefined) return;
    const trial = setUp();
    const pieces = runs.run(5, false);
    const writer = await trial.openWriter();
    for (const piece of pieces) await encodeAndAppend(backend, trial, writer, piece);
    await trial.assertHolds(pieces, await writer.close());
  });

  if (deterministic) {
    add('gives the same bytes for the same batches', async (setUp, runs) => {
      const pieces = runs.run(4, false);
      const [first, second] = [await setUp().writeAll(pieces), await setUp().writeAll(pieces)];
      assert.deepStrictEqual(second, first);
    });
  }

  add('does not write over what is there', async (setUp, runs) => {
    const trial = setUp();
    const pieces = runs.run(3, false);
    const files = await trial.writeAll(pieces);
    await assert.rejects(async () => {
      const writer = await trial.openWriter();
      await writer.abort();
    }, 'a second writer in the same directory was opened');
    await trial.assertHolds(pieces, files);
  });

  add('lets go when told to, twice, and leaves a beginning of the run', async (setUp, runs) => {
    const trial = setUp();
    const pieces = runs.run(6, false);
    const writer = await trial.openWriter();
    for (const piece of pieces.slice(0, -2)) await trial.write(writer, piece);
    await writer.flush();
    await trial.write(writer, pieces.at(-2)!);
    await writer.abort();
    await writer.abort();
    await trial.assertHoldsBeginning(pieces);
  });

  add('goes on with files it has closed, if it says so', async (setUp, runs, backend) => {
    if (backend.continuesFrom !== backend.name) return;
    const pieces = runs.run(6, false);
    const ends = pieces.flatMap(({ stream }, i) => (stream === 'episodes' ? [i + 1] : []));
    for (const [first, second] of [
      [0, ends[1]!],
      [ends[0]!, ends[3]!],
      [ends[4]!, pieces.length],
    ] as const) {
      const trial = setUp();
      let files = await trial.writeAll(pieces.slice(0, first));
      for (const rest of [pieces.slice(first, second), pieces.slice(second)]) {
        const writer = await trial.openWriter(files);
        for (const piece of rest) await trial.write(writer, piece);
        files = await writer.close();
      }
      await trial.assertHolds(pieces, files);
    }
  });

  add('can be read by several, and only in part', async (setUp, runs, backend) => {
    const trial = setUp();
    const pieces = runs.run(6, false);
    const files = await trial.writeAll(pieces);
    const reader = backend.openReader(trial.directory, trial.names, trial.streams);
    const readers = [reader.batches('steps', () => {}), reader.batches('steps', () => {})];
    const iterators = readers.map((batches) => batches[Symbol.asyncIterator]());
    for (const iterator of iterators) assert.equal((await iterator.next()).done, false, 'a first batch');
    for (const iterator of iterators) await iterator.return?.();
    await trial.assertHolds(pieces, files);
  });

  add('knows its own files only', async (setUp, _runs, backend) => {
    assert.equal(backend.has([]), false, 'has() of an empty directory');
    const others = ['run.json', 'manifest.json', 'config.yaml', 'overrides.yaml', 'run.lock'];
    assert.equal(backend.has(others), false, 'has() of a run without records');
    const trial = setUp();
    await trial.writeAll([]);
    for (const name of trial.names) assert.ok(!others.includes(name), `${name} is not a backend's to write`);
  });

  return cases;
}

/** As a worker thread encodes an episode's rows and hands them over. */
async function encodeAndAppend(
  backend: Backend,
  trial: Trial,
  writer: RunWriter,
  { stream, rows }: Piece,
): Promise<void> {
  const { streams } = trial;
  const encoder = backend.openEncoder!({ streams, storage: trial.storage });
  const full = encoder.encode(toBatch(streams[stream], rows, LIST_WIDTH));
  for (const encoded of [...(full === null ? [] : [full]), ...encoder.flush()]) {
    const { bytes, ends } = structuredClone(encoded, { transfer: [encoded.bytes.buffer as ArrayBuffer] });
    assert.equal(bytes.length, bytes.buffer.byteLength, 'encoded bytes lie in a buffer of their own');
    assert.equal(ends.at(-1), bytes.length, 'the last piece ends where the bytes do');
    assert.equal(ends.length, encoded.rows.length, 'a number of records for each piece');
    await writer.append!({ ...encoded, bytes });
  }
}
