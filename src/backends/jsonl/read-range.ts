import { join } from 'node:path';
import type { Batch, Column } from '../../core/batch.js';
import type { StreamSchema } from '../../core/streams.js';
import { inflateMembers, memberRun } from '../../io/gzip-members.js';
import { RangeBytes, type GzipRange } from '../../io/gzip-ranges.js';
import { release } from '../../io/release.js';
import { LineReader } from './line-reader.js';

/** What a thread that reads ranges is started with. */
export interface ReadSetup {
  directory: string;
  stream: StreamSchema;
}

/** A range of members of a file, by its number in the list of the stream's files. */
export interface ReadTask {
  file: number;
  name: string;
  range: GzipRange;
}

/** Rows without their schema, in buffers of their own, which can be handed to another thread. */
export type OwnRows = Pick<Batch, 'rows' | 'columns'>;

/** The rows of a range; null when anything about it has to be said, or it does not begin and end with a line. */
export interface RangeRows {
  file: number;
  range: GzipRange;
  batches: OwnRows[] | null;
}

/** Members inflated together: small enough to stay in the processor's cache until the lines are read. */
const RUN_BYTES = 1 << 20;

/** Reads ranges of which nothing but rows is to be had; all others are for the one who can say what is wrong. */
export class RangeReader {
  private readonly setup: ReadSetup;
  private readonly bytes = new RangeBytes();
  private lines: LineReader | null = null;
  private clean = true;

  constructor(setup: ReadSetup) {
    this.setup = setup;
  }

  read({ file, name, range }: ReadTask): RangeRows {
    const batches = this.readRows(name, range);
    // what was wrong in one range must not reach the next
    if (batches === null) this.lines = null;
    return { file, range, batches };
  }

  private readRows(name: string, range: GzipRange): OwnRows[] | null {
    const { directory, stream } = this.setup;
    const members = this.bytes.read(join(directory, name), range);
    if (members === null) return null;
    this.clean = true;
    const lines = (this.lines ??= new LineReader(stream, () => {
      this.clean = false;
      // a range can have a million lines that are wrong, and one is enough for it to be read again
      this.lines?.giveUp();
    }));
    const batches: OwnRows[] = [];
    for (let at = 0; at < members.length;) {
      const run = memberRun(members.subarray(at), RUN_BYTES);
      const text = run.count === 0 ? null : inflateMembers(members.subarray(at, at + run.bytes), run.size);
      if (text === null) return null;
      at += run.bytes;
      for (const { batch } of lines.read(text)) batches.push(ownRows(batch));
      release([text.buffer]);
      if (this.isSpoilt()) return null;
    }
    if (lines.withinLine) return null;
    for (const { batch } of lines.endRows()) batches.push(ownRows(batch));
    lines.noteUnknownKey();
    return this.isSpoilt() ? null : batches;
  }

  /** Asked of a method, since the lines change it behind what the compiler sees. */
  private isSpoilt(): boolean {
    return !this.clean;
  }
}

function ownRows({ rows, columns }: Batch): OwnRows {
  const own: Record<string, Column | null> = {};
  for (const [name, column] of Object.entries(columns))
    own[name] = column === null ? null : ownColumn(column, rows);
  return { rows, columns: own };
}

function ownColumn(column: Column, rows: number): Column {
  if ('codes' in column) return { codes: column.codes.slice(0, rows), dictionary: [...column.dictionary] };
  if ('width' in column) return { width: column.width, values: column.values.slice(0, rows * column.width) };
  return column.slice(0, rows);
}

/** The buffers of a range's rows. */
export function buffersOf({ batches }: RangeRows): ArrayBuffer[] {
  const columns = (batches ?? []).flatMap((batch) => Object.values(batch.columns));
  return columns
    .filter((column) => column !== null)
    .map((column) => ('codes' in column ? column.codes : 'width' in column ? column.values : column))
    .map(({ buffer }) => buffer as ArrayBuffer);
}
