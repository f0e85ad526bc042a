import { finding, shown, type FindingCodeName } from '../../core/findings.js';
import type { Batch } from '../../core/batch.js';
import type { ReadBatch } from '../../core/ports.js';
import type { Finding } from '../../core/report.js';
import type { StreamSchema } from '../../core/streams.js';
import { AnyLine } from './any-line.js';
import { FastLine } from './fast-line.js';
import { LineBuffer } from './line-buffer.js';
import { RowBatch } from '../row-batch.js';

const BATCH_ROWS = 4096;
/**
 * Twice what the longest list takes; a file without newlines must not end up in memory, and what a line says takes some
 * fifty times its bytes.
 */
const MAX_LINE_BYTES = 1 << 22;
/** Bad lines of a file after which nobody wants to know of more; each takes far longer than a good one. */
const MAX_BAD_LINES = 1_000_000;
/** The same for long ones, of which a little gzip holds more than can be read in a day. */
const MAX_BAD_BYTES = 1 << 28;

export type Report = (finding: Finding) => void;

/** Turns the text of one stream's files into batches, which are reused. */
export class LineReader {
  /** Whether the rest of the file is not worth reading, which has been said. */
  givenUp = false;
  private readonly rows: RowBatch;
  private readonly fast: FastLine;
  private readonly any: AnyLine;
  private readonly text = new LineBuffer();
  private readonly lineNumbers = new Float64Array(BATCH_ROWS);
  private readonly report: Report;
  private file = '';
  /** Lines of the file before the one at hand. */
  private line = 0;
  /** Lines of the file left out. */
  private bad = 0;
  private badBytes = 0;

  constructor(stream: StreamSchema, report: Report) {
    this.rows = new RowBatch(stream, BATCH_ROWS);
    this.fast = new FastLine(stream, this.rows);
    this.any = new AnyLine(stream, this.rows);
    this.report = report;
  }

  beginFile(file: string): void {
    this.file = file;
    this.line = 0;
    this.bad = 0;
    this.badBytes = 0;
    this.givenUp = false;
  }

  /** Leaves the rest of the file alone: who reads it has seen enough. */
  giveUp(): void {
    this.givenUp = true;
  }

  /** Whether the text so far ends within a line. */
  get withinLine(): boolean {
    return this.text.length > 0;
  }

  /** The batches that are full with the lines of the file's next chunk. */
  *read(chunk: Uint8Array): Generator<ReadBatch> {
    const { text } = this;
    text.append(chunk);
    const { bytes, view, end } = text;
    for (let at = 0; at < end && !this.givenUp;) {
      const next = this.fast.read(bytes, view, at);
      if (next > 0 && next - at <= MAX_LINE_BYTES) {
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
    if (text.length >= MAX_LINE_BYTES) this.giveUpLine();
    if (this.givenUp) text.clear();
  }

  /** Whether rows read elsewhere can follow these: their lists must be as wide. */
  canTake(batches: readonly Pick<Batch, 'columns'>[]): boolean {
    return !this.withinLine && batches.every(({ columns }) => this.rows.hasShapeOf(columns));
  }

  /** Hands on rows that were read elsewhere, one for each of the lines that follow. */
  *take(batches: readonly Batch[]): Generator<ReadBatch> {
    yield* this.handOn();
    for (const batch of batches) {
      const { line, file } = this;
      this.line += batch.rows;
      yield { batch, source: { file, lineOf: (row) => line + row + 1 } };
    }
  }

  /** The last rows of the file. @param isCut the file is damaged, so that a line without end is just cut */
  *endFile(isCut: boolean): Generator<ReadBatch> {
    if (this.withinLine && !isCut) yield* this.readUnended();
    this.text.clear();
    yield* this.endRows();
  }

  /** The rows not handed on yet. */
  *endRows(): Generator<ReadBatch> {
    yield* this.handOn();
  }

  /** Says what is only said once a file. */
  noteUnknownKey(): void {
    const { unknownKey } = this.any;
    if (unknownKey === null) return;
    const message = `lines hold the key ${shown(unknownKey)}, which the schema does not have`;
    this.report(finding('line-unknown-key', this.file, null, message));
    this.any.unknownKey = null;
  }

  private *readAny(line: Uint8Array): Generator<ReadBatch> {
    if (line.length >= MAX_LINE_BYTES) return this.giveUpLine();
    let result = this.any.read(line);
    if (result === 'split') {
      yield* this.handOn();
      result = this.any.read(line);
    }
    if (result === null) return this.accept();
    this.line++;
    this.bad++;
    this.badBytes += line.length;
    if (result !== 'split') this.say(result.code, result.message);
    if (this.bad < MAX_BAD_LINES && this.badBytes < MAX_BAD_BYTES) return;
    this.say('line-too-many', `${this.bad} lines are wrong; the rest of the file is not read`);
    this.givenUp = true;
  }

  private giveUpLine(): void {
    this.line++;
    const message = `the line is longer than ${MAX_LINE_BYTES} bytes; the rest of the file is not read`;
    this.say('line-json', message);
    this.givenUp = true;
  }

  /** A last line without a newline counts when it is whole. */
  private *readUnended(): Generator<ReadBatch> {
    const before = this.rows.batch.rows;
    yield* this.readAny(this.text.bytes.subarray(0, this.text.length));
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
}
