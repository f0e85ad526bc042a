import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Backend } from '../../src/backends/backend.js';
import {
  createBatch,
  type Batch,
  type Column,
  type ListColumn,
  type TextColumn,
} from '../../src/core/batch.js';
import type { Finding } from '../../src/core/report.js';
import { STREAM_NAMES } from '../../src/core/layout.js';
import { STREAMS, type ColumnSchema, type StreamSchema } from '../../src/core/streams.js';

type Value = number | string | number[] | null;
type Row = Record<string, Value>;

const WIDTH = 2;

function arbitraryValue({ type, min, nullable }: ColumnSchema, nulls: boolean): fc.Arbitrary<Value> {
  if (nullable === true && nulls) return fc.constant(null);
  const float = fc.double({ noNaN: true, noDefaultInfinity: true, min: min ?? -1e300 }).map((x) => x + 0);
  switch (type) {
    case 'int':
      return fc.oneof(
        fc.integer({ min: min ?? -1000, max: 1000 }),
        fc.integer({ min: min ?? Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
      );
    case 'float':
      return float;
    case 'bool':
      return fc.integer({ min: 0, max: 1 });
    case 'text':
      return fc.oneof(fc.constantFrom('ep-000001', 'ep-000002'), fc.string({ unit: 'grapheme' }));
    case 'floats':
      return fc.array(float, { minLength: WIDTH, maxLength: WIDTH });
  }
}

/** Rows of a stream; nullable columns are null in all of them or in none. */
const arbitraryRows = (stream: StreamSchema): fc.Arbitrary<Row[]> =>
  fc.boolean().chain((nulls) =>
    fc.array(
      fc.record(
        Object.fromEntries(stream.columns.map((column) => [column.name, arbitraryValue(column, nulls)])),
      ),
      {
        minLength: 1,
        maxLength: 60,
      },
    ),
  );

function toBatch(stream: StreamSchema, rows: readonly Row[]): Batch {
  const batch = createBatch(stream, rows.length, WIDTH);
  batch.rows = rows.length;
  for (const { name, type } of stream.columns) {
    const column = batch.columns[name]!;
    if (rows[0]![name] === null) {
      batch.columns[name] = null;
      continue;
    }
    for (const [i, row] of rows.entries()) {
      if (type === 'text')
        (column as TextColumn).codes[i] = (column as TextColumn).dictionary.push(row[name] as string) - 1;
      else if (type === 'floats') (column as ListColumn).values.set(row[name] as number[], i * WIDTH);
      else (column as Float64Array)[i] = row[name] as number;
    }
  }
  return batch;
}

function valueOf(column: Column | null, type: ColumnSchema['type'], row: number): Value {
  if (column === null) return null;
  if (type === 'text') return (column as TextColumn).dictionary[(column as TextColumn).codes[row]!]!;
  if (type === 'floats') {
    const { width, values } = column as ListColumn;
    return [...values.subarray(row * width, (row + 1) * width)];
  }
  return (column as Float64Array)[row]!;
}

async function readAll(
  backend: Backend,
  directory: string,
  stream: StreamSchema,
): Promise<{ rows: Row[]; findings: Finding[] }> {
  const rows: Row[] = [];
  const findings: Finding[] = [];
  const reader = backend.openReader(directory, readdirSync(directory).sort());
  for await (const { batch } of reader.batches(stream.name, (finding) => findings.push(finding))) {
    for (let row = 0; row < batch.rows; row++) {
      rows.push(
        Object.fromEntries(
          stream.columns.map(({ name, type }) => [name, valueOf(batch.columns[name] ?? null, type, row)]),
        ),
      );
    }
  }
  return { rows, findings };
}

/** What every backend promises: rows read back as written, whatever they are and however they are cut. */
export function backendContract(load: () => Promise<Backend>): void {
  for (const name of STREAM_NAMES) {
    const stream = STREAMS[name];
    it(`${name}: reads back what it wrote`, async () => {
      const backend = await load();
      await fc.assert(
        fc.asyncProperty(arbitraryRows(stream), fc.integer({ min: 1, max: 60 }), async (rows, cut) => {
          const directory = mkdtempSync(join(tmpdir(), 'backend-'));
          const writer = await backend.openWriter({
            directory,
            stream,
            level: 1,
            rotateBytes: null,
            metadata: { experiment: 'x' },
          });
          for (let at = 0; at < rows.length; at += cut)
            await writer.write(toBatch(stream, rows.slice(at, at + cut)));
          const files = await writer.close();
          expect(files.map(({ path }) => path)).toEqual(readdirSync(directory).sort());
          expect(files.reduce((sum, file) => sum + file.rows, 0)).toBe(rows.length);
          expect(backend.has([...files.map(({ path }) => path.replace(name, 'steps'))])).toBe(true);
          expect(await readAll(backend, directory, stream)).toEqual({ rows, findings: [] });
        }),
        { numRuns: 40 },
      );
    }, 60_000);

    it(`${name}: the same batches give the same bytes`, async () => {
      const backend = await load();
      const rows = fc.sample(arbitraryRows(stream), { numRuns: 1, seed: 7 })[0]!;
      const hashes = [];
      for (let i = 0; i < 2; i++) {
        const directory = mkdtempSync(join(tmpdir(), 'backend-'));
        const writer = await backend.openWriter({
          directory,
          stream,
          level: 1,
          rotateBytes: null,
          metadata: { b: '1', a: '2' },
        });
        await writer.write(toBatch(stream, rows));
        hashes.push((await writer.close()).map(({ sha256 }) => sha256));
      }
      expect(hashes[0]).toEqual(hashes[1]);
    });

    it(`${name}: an empty stream is a file with no rows`, async () => {
      const backend = await load();
      const directory = mkdtempSync(join(tmpdir(), 'backend-'));
      const writer = await backend.openWriter({
        directory,
        stream,
        level: 1,
        rotateBytes: null,
        metadata: {},
      });
      expect((await writer.close()).map(({ rows }) => rows)).toEqual([0]);
      expect(await readAll(backend, directory, stream)).toEqual({ rows: [], findings: [] });
    });

    it(`${name}: does not write over what is there, and lets go when told to`, async () => {
      const backend = await load();
      const directory = mkdtempSync(join(tmpdir(), 'backend-'));
      const options = { directory, stream, level: 1, rotateBytes: null, metadata: {} };
      const writer = await backend.openWriter(options);
      await writer.abort();
      await writer.abort();
      await expect(async () => backend.openWriter(options)).rejects.toMatchObject({ kind: 'io' });
    });
  }
}
