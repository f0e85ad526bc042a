import { join } from 'node:path';
import { finding, shown, type FindingCodeName } from '../../core/findings.js';
import { jsonlParts, type StreamName } from '../../core/layout.js';
import type { ReadBatch, StreamReader } from '../../core/ports.js';
import type { Finding } from '../../core/report.js';
import { STREAMS } from '../../core/streams.js';
import { readGzip, type GzipProblem } from '../../io/gzip-reader.js';
import { AnyLine } from './any-line.js';
import { FastLine } from './fast-line.js';
import { LineBuffer } from './line-buffer.js';
import { RowBatch } from './row-batch.js';

const BATCH_ROWS = 4096;
/** No record comes near it; a file without newlines must not end up in memory. */
const MAX_LINE_BYTES = 1 << 24;
/** Bad lines of a file after which nobody wants to know of more; each takes far longer than a good one. */
const MAX_BAD_LINES = 1_000_000;
/** Problems after which a line without end is just cut, which has been said. */
const CUTTING: ReadonlySet<string> = new Set(['gzip-truncated', 'gzip-corrupt', 'gzip-crc']);

type Report = (finding: Finding) => void;

/** Lines of the parts of one stream as batches. */
class LineReader {
  private readonly rows: RowBatch;
  private readonly fast: FastLine;
  private readonly any: AnyLine;
  private readonly lineNumbers = new Float64Array(BATCH_ROWS);
  private readonly report: Report;
  private file = '';
  /** Lines of the file before the one at hand. */
  private line = 0;
  /** Lines of the file left out. */
  private bad = 0;

  constructor(stream: StreamName, report: Report) {
    this.rows = new RowBatch(STREAMS[stream], BATCH_ROWS);
    this.fast = new FastLine(STREAMS[stream], this.rows);
    this.any = new AnyLine(STREAMS[stream], this.rows);
    this.report = report;
  }

  async *readFile(directory: string, file: string): AsyncGenerator<ReadBatch> {
    this.file = file;
    this.line = 0;
    this.bad = 0;
    const text = new LineBuffer();
    const problems: GzipProblem[] = [];
    for await (const chunk of readGzip(join(directory, file), (found) => problems.push(found))) {
      text.append(chunk);
      yield* this.readLines(text);
      if (!this.givesUp(text)) continue;
      text.length = 0;
      break;
    }
    const isCut = problems.some(({ code }) => CUTTING.has(code));
    if (text.length > 0 && !isCut) yield* this.readUnended(text);
    yield* this.handOn();
    for (const { code, message } of problems) this.report(finding(code, file, null, message));
    this.noteUnknownKey();
  }

  /** Whether the rest of the file is not worth reading, which is then said. */
  private givesUp(text: LineBuffer): boolean {
    if (this.bad >= MAX_BAD_LINES) {
      this.say('line-too-many', `${this.bad} lines are wrong; the rest of the file is not read`);
      return true;
    }
    if (text.length < MAX_LINE_BYTES) return false;
    this.line++;
    const message = `the line is longer than ${MAX_LINE_BYTES} bytes; the rest of the file is not read`;
    this.say('line-json', message);
    return true;
  }

  private *readLines(text: LineBuffer): Generator<ReadBatch> {
    const { bytes, view, end } = text;
    for (let at = 0; at < end;) {
      const next = this.fast.read(bytes, view, at);
      if (next > 0) {
        this.accept();
        at = next;
      } else {
        const newline = bytes.indexOf(10, at);
        yield* this.readAny(bytes.subarray(at, newline));
        at = newline + 1;
      }
      if (this.rows.full) yield* this.handOn();
    }
    text.shift();
  }

  private *readAny(line: Uint8Array): Generator<ReadBatch> {
    let result = this.any.read(line);
    if (result === 'split') {
      yield* this.handOn();
      result = this.any.read(line);
    }
    if (result === null) return this.accept();
    this.line++;
    this.bad++;
    if (result !== 'split') this.say(result.code, result.message);
  }

  /** A last line without a newline counts when it is whole. */
  private *readUnended(text: LineBuffer): Generator<ReadBatch> {
    const before = this.rows.batch.rows;
    yield* this.readAny(text.bytes.subarray(0, text.length));
    if (this.rows.batch.rows > before) this.say('line-unended', 'the last line has no newline');
  }

  private accept(): void {
    this.lineNumbers[this.rows.batch.rows] = ++this.line;
    this.rows.accept();
  }

  private *handOn(): Generator<ReadBatch> {
    const { rows, file, lineNumbers } = this;
    if (rows.batch.rows === 0) return;
    yield { batch: rows.batch, source: { file, lineOf: (row) => lineNumbers[row]! } };
    rows.clear();
    this.fast.clear();
  }

  private say(code: FindingCodeName, message: string): void {
    this.report(finding(code, this.file, this.line, message));
  }

  private noteUnknownKey(): void {
    const { unknownKey } = this.any;
    if (unknownKey === null) return;
    const message = `lines hold the key ${shown(unknownKey)}, which the schema does not have`;
    this.report(finding('line-unknown-key', this.file, null, message));
    this.any.unknownKey = null;
  }
}

/** Read side of the JSONL format: our own lines fast, lines of any key order and spacing too. */
class JsonlReader implements StreamReader {
  private readonly directory: string;
  private readonly names: readonly string[];

  constructor(directory: string, names: readonly string[]) {
    this.directory = directory;
    this.names = names;
  }

  async *batches(stream: StreamName, report: Report): AsyncGenerator<ReadBatch> {
    const reader = new LineReader(stream, report);
    for (const name of jsonlParts(stream, this.names)) yield* reader.readFile(this.directory, name);
  }
}

/** @param names file names of the run directory */
export function openJsonlReader(directory: string, names: readonly string[]): StreamReader {
  return new JsonlReader(directory, names);
}
