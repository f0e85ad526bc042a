import { finding } from '../core/findings.js';
import { parquetName, type StreamName } from '../core/layout.js';
import type { ReadBatch, RowSource, StreamReader } from '../core/ports.js';
import type { Finding } from '../core/report.js';
import { firstDifference, valueText, type Rows } from '../core/compare-columns.js';

/** Follows the records of one stream with the rows of its Parquet file, which must be the same to the last bit. */
export class ParquetCopy {
  /** Rows of the Parquet file, known once `finish` is done. */
  rows = 0;
  private readonly stream: StreamName;
  private readonly add: (finding: Finding) => void;
  private readonly batches: AsyncIterator<ReadBatch>;
  private current: Rows | null = null;
  private expected = 0;
  private ended = false;
  /** Nothing more can be compared: one of the two files could not be read. */
  private stopped = false;

  constructor(stream: StreamName, reader: StreamReader, add: (finding: Finding) => void) {
    this.stream = stream;
    this.add = add;
    const report = (problem: Finding): void => {
      if (problem.severity === 'error') this.stopped = true;
      add(problem);
    };
    this.batches = reader.batches(stream, report)[Symbol.asyncIterator]();
  }

  /** @param broken the records have gaps, so rows no longer correspond */
  async compare({ batch, source }: ReadBatch, broken: boolean): Promise<void> {
    this.expected += batch.rows;
    this.stopped ||= broken;
    for (let at = 0; at < batch.rows && !this.stopped;) {
      const here = await this.next();
      if (here === null) return;
      const count = Math.min(batch.rows - at, here.batch.rows - here.at);
      this.compareRows({ batch, at }, here, count, source);
      at += count;
      here.at += count;
      this.rows += count;
    }
  }

  async finish(): Promise<void> {
    const { stopped } = this;
    for (let here = await this.next(); here !== null; here = await this.next()) {
      this.rows += here.batch.rows - here.at;
      here.at = here.batch.rows;
    }
    if (stopped || this.stopped || this.rows === this.expected) return;
    this.say('parquet-rows', `${this.rows} rows, the JSONL has ${this.expected}`);
  }

  /** Rows not yet compared; null at the end. */
  private async next(): Promise<Rows | null> {
    if (this.current !== null && this.current.at < this.current.batch.rows) return this.current;
    if (this.ended) return null;
    const next = await this.batches.next();
    this.ended = next.done === true;
    this.current = next.done === true ? null : { batch: next.value.batch, at: 0 };
    return this.current;
  }

  private compareRows(jsonl: Rows, parquet: Rows, count: number, { file, lineOf }: RowSource): void {
    for (const schema of jsonl.batch.stream.columns) {
      const i = firstDifference(schema, jsonl, parquet, count);
      if (i < 0) continue;
      const found = valueText(schema, { batch: parquet.batch, at: parquet.at + i });
      const expected = valueText(schema, { batch: jsonl.batch, at: jsonl.at + i });
      const line = lineOf?.(jsonl.at + i);
      const where = line === undefined ? file : `${file}:${line}`;
      this.say(
        'parquet-value',
        `row ${this.rows + i + 1}: ${schema.name} is ${found}, ${where} has ${expected}`,
      );
    }
  }

  private say(code: 'parquet-rows' | 'parquet-value', message: string): void {
    this.add(finding(code, parquetName(this.stream), null, message));
  }
}
