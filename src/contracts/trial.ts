import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Backend } from '../backends/backend.js';
import { storageOptions, type StorageOptions } from '../backends/storage.js';
import type { StreamName } from '../core/layout.js';
import type { RunWriter, WrittenFile } from '../core/ports.js';
import type { Finding } from '../core/report.js';
import type { RunStreams } from '../core/streams.js';
import { rowsOf, type Piece } from './random-run.js';
import { assertRows, fromBatch, toBatch, type Row } from './rows.js';

export const LIST_WIDTH = 2;
/** What lies in a run's directory before its records do. */
const BEFORE = 'run.json';

/** A backend at work in a folder of its own. */
export class Trial {
  readonly directory: string;
  readonly streams: RunStreams;
  private readonly backend: Backend;
  readonly storage: StorageOptions;

  constructor(backend: Backend, streams: RunStreams, options: Readonly<Record<string, unknown>>) {
    this.directory = mkdtempSync(join(tmpdir(), 'backend-contract-'));
    writeFileSync(join(this.directory, BEFORE), '{}');
    this.backend = backend;
    this.streams = streams;
    this.storage = storageOptions({ options });
  }

  /** Names of the files that the backend made. */
  get names(): string[] {
    return readdirSync(this.directory)
      .filter((name) => name !== BEFORE)
      .sort();
  }

  /** @param continues files that a writer has closed and this one goes on with */
  openWriter(continues?: readonly WrittenFile[]): Promise<RunWriter> {
    return this.backend.openWriter({
      continues,
      directory: this.directory,
      streams: this.streams,
      storage: this.storage,
      run: {
        run_id: 'run-20260101-000000',
        experiment: 'contract é漢😀',
        schema_version: '1.0.0',
        config_hash: 'c'.repeat(64),
        start_time: '2026-01-01T00:00:00.000Z',
        config: '{"seed":1}',
      },
    });
  }

  async write(writer: RunWriter, { stream, rows }: Piece): Promise<void> {
    await writer.write(toBatch(this.streams[stream], rows, LIST_WIDTH));
  }

  async writeAll(pieces: readonly Piece[]): Promise<WrittenFile[]> {
    const writer = await this.openWriter();
    for (const piece of pieces) await this.write(writer, piece);
    return writer.close();
  }

  async read(stream: StreamName): Promise<{ rows: Row[]; findings: Finding[] }> {
    const rows: Row[] = [];
    const findings: Finding[] = [];
    const reader = this.backend.openReader(this.directory, this.names, this.streams);
    for await (const { batch } of reader.batches(stream, (found) => findings.push(found))) {
      rows.push(...fromBatch(batch));
    }
    return { rows, findings };
  }

  /** The files hold what was written, and are what `close` said. */
  async assertHolds(pieces: readonly Piece[], files: readonly WrittenFile[]): Promise<void> {
    const paths = files.map(({ path }) => path);
    assert.deepStrictEqual([...paths].sort(), this.names, 'files of close() are not those in the directory');
    for (const { path, bytes, sha256 } of files) {
      const content = readFileSync(join(this.directory, path));
      assert.equal(bytes, content.length, `close(): bytes of ${path}`);
      const hash = createHash('sha256').update(content).digest('hex');
      assert.equal(sha256, hash, `close(): sha256 of ${path}`);
    }
    const rows = files.reduce((sum, file) => sum + file.rows, 0);
    assert.equal(rows, pieces.flatMap((piece) => piece.rows).length, 'close(): rows of all files together');
    assert.equal(this.backend.has([BEFORE, ...this.names]), true, 'has() of the files it wrote');
    for (const stream of ['steps', 'episodes'] as const) {
      const read = await this.read(stream);
      assert.deepStrictEqual(read.findings, [], `${stream}: findings about files that are whole`);
      assertRows(this.streams[stream], read.rows, rowsOf(pieces, stream));
    }
  }

  /** Whatever of a run is there and can be read is its beginning. */
  async assertHoldsBeginning(pieces: readonly Piece[]): Promise<void> {
    if (!this.backend.has([BEFORE, ...this.names])) return;
    for (const stream of ['steps', 'episodes'] as const) {
      const { rows } = await this.read(stream);
      const written = rowsOf(pieces, stream);
      assert.ok(rows.length <= written.length, `${stream}: more rows than were written`);
      assertRows(this.streams[stream], rows, written.slice(0, rows.length));
    }
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
