import { describe, expect, it } from 'vitest';
import type { Backend, WriterOptions } from '../../src/backends/backend.js';
import { checkBackend } from '../../src/backends/own-backend.js';
import { storageOptions } from '../../src/backends/storage.js';
import { STREAMS } from '../../src/core/streams.js';
import { plain, writing } from '../fixtures/example-backend.js';
import { folderWith } from '../fixtures/module-folder.js';

describe('what a module does wrong later', () => {
  const boom = (): never => {
    throw new RangeError('boom');
  };
  const options = (): WriterOptions => ({
    directory: folderWith({}),
    streams: STREAMS,
    storage: storageOptions(),
    run: {
      run_id: 'r',
      experiment: 'x',
      schema_version: '1.0.0',
      config_hash: null,
      start_time: '2026-01-01T00:00:00.000Z',
      config: null,
    },
  });
  const own = (different: object): Backend => checkBackend('./b.js', { ...plain, ...different });
  const failure = async (act: () => unknown): Promise<unknown> => {
    try {
      return await act();
    } catch (error) {
      return error;
    }
  };
  const bad = (message: RegExp) => ({
    name: 'CaptureError',
    kind: 'input',
    message: expect.stringMatching(message),
  });

  it('is said as its mistake: in opening', async () => {
    const failing = own({ openWriter: boom, has: boom, openReader: boom });
    expect(await failure(() => failing.openWriter(options()))).toMatchObject(
      bad(/^backend '\.\/b\.js' failed in openWriter: RangeError: boom$/),
    );
    expect(await failure(() => failing.has([]))).toMatchObject(bad(/failed in has: RangeError: boom$/));
    expect(await failure(() => failing.openReader('/', [], STREAMS))).toMatchObject(
      bad(/failed in openReader/),
    );
  });

  it.each(['write', 'flush', 'close', 'abort'] as const)('in %s', async (method) => {
    const writer = await own(writing(() => ({ [method]: boom }))).openWriter(options());
    const batch = { stream: STREAMS.steps, rows: 0, columns: {} };
    expect(await failure(() => writer[method](batch))).toMatchObject(
      bad(new RegExp(`failed in ${method}: RangeError`)),
    );
  });

  it('a writer that lacks something is refused', async () => {
    const lacking = own({ openWriter: async () => ({ write() {}, close() {} }) });
    expect(await failure(() => lacking.openWriter(options()))).toMatchObject(
      bad(/the writer it opens has no flush\(\), abort\(\)$/),
    );
    const encoding = own({ ...plain, openEncoder: () => ({ encode() {}, flush() {} }) });
    expect(await failure(() => encoding.openWriter(options()))).toMatchObject(bad(/has no append\(\)$/));
  });

  it('what the disk refuses stays that', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      errno: -28,
    });
    const writer = await own(writing(() => ({ flush: () => Promise.reject(full) }))).openWriter(options());
    expect(await failure(() => writer.flush())).toMatchObject({
      kind: 'io',
      message: "backend './b.js' failed in flush: no space left on the device",
    });
  });

  const whole = { path: 'a.bin', bytes: 1, sha256: 'a'.repeat(64), rows: 1 };
  it.each([
    [undefined, /close\(\): /],
    [[{ ...whole, sha256: 'x' }], /close\(\)\.0\.sha256/],
    [[{ ...whole, rows: null }], /close\(\)\.0\.rows/],
    [[{ ...whole, path: '../a.bin' }], /close\(\)\.0\.path: expected a file name in the run directory/],
    [[{ ...whole, path: '..' }], /close\(\)\.0\.path/],
  ])('files that cannot go into a manifest are refused: %o', async (files, message) => {
    const writer = await own(writing(() => ({ close: async () => files as never }))).openWriter(options());
    expect(await failure(() => writer.close())).toMatchObject(bad(message));
  });

  const good = { stream: STREAMS.episodes, rows: 0, columns: {} };
  const column = (name: string, values: unknown): object => ({
    ...good,
    rows: 2,
    columns: { ...full(2), [name]: values },
  });
  const full = (rows: number): Record<string, unknown> =>
    Object.fromEntries(
      STREAMS.episodes.columns.map(({ name, type }) => [
        name,
        type === 'text'
          ? { codes: new Int32Array(rows), dictionary: ['a'] }
          : type === 'bool'
            ? new Uint8Array(rows)
            : new Float64Array(rows),
      ]),
    );
  it.each([
    [undefined, /another stream than 'episodes'/],
    [{ ...good, stream: STREAMS.steps }, /another stream than 'episodes'/],
    [{ ...good, rows: -1 }, /rows -1/],
    [good, /no column 'schema_version' as \{codes: Int32Array, dictionary: string\[\]\} of at least 0 rows/],
    [column('total_steps', [1, 2]), /no column 'total_steps' as a Float64Array of at least 2 rows/],
    [column('total_steps', new Float64Array(1)), /no column 'total_steps'/],
    [column('total_steps', null), /no column 'total_steps'/],
    [column('terminated', new Float64Array(2)), /no column 'terminated' as a Uint8Array/],
  ])('a batch that is none is refused: %o', async (batch, message) => {
    const backend = own({
      openReader: () => ({
        async *batches() {
          yield { batch, source: { file: 'a', lineOf: null } };
        },
      }),
    });
    const batches = backend.openReader('/', [], STREAMS).batches('episodes', () => {});
    expect(await failure(() => batches[Symbol.asyncIterator]().next())).toMatchObject(bad(message));
  });

  it('a batch in which what may be null is null is taken', async () => {
    const batch = column('duration_ms', null);
    const backend = own({
      openReader: () => ({
        async *batches() {
          yield { batch, source: { file: 'a', lineOf: null } };
        },
      }),
    });
    const seen: unknown[] = [];
    for await (const read of backend.openReader('/', [], STREAMS).batches('episodes', () => {}))
      seen.push(read.batch);
    expect(seen).toEqual([batch]);
  });
});
