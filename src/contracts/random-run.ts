import type { StreamName } from '../core/layout.js';
import type { ColumnSchema, RunStreams, StreamSchema } from '../core/streams.js';
import { Generator } from '../sim/rng/generator.js';
import type { Row, Value } from './rows.js';

/** Rows of one stream, written together. */
export interface Piece {
  readonly stream: StreamName;
  readonly rows: readonly Row[];
}

/** Values that formats have been known to change. */
const INTS = [
  0,
  1,
  255,
  2 ** 31,
  2 ** 32 + 1,
  Number.MAX_SAFE_INTEGER,
  -1,
  -(2 ** 31),
  Number.MIN_SAFE_INTEGER,
];
const FLOATS = [0, 1, 0.1, 1 / 3, 5e-324, 1e-7, 1e21, 2 ** 53, Number.MAX_VALUE, -0.01, -1e300];
const TEXTS = [
  'ep-000001',
  '',
  ' ',
  'a/b',
  '.',
  'é漢字😀',
  '"\\',
  'line\nbreak\r\u2028',
  '\u0000',
  'null',
  'x'.repeat(300),
];

/** Runs of any content for a contract suite: the same seed gives the same runs. */
export class RandomRuns {
  private readonly rng: Generator;
  private readonly streams: RunStreams;
  private readonly listWidth: number;

  constructor(seed: number, streams: RunStreams, listWidth: number) {
    this.rng = new Generator(seed);
    this.streams = streams;
    this.listWidth = listWidth;
  }

  /**
   * Episodes as a capture records them: steps in one or more pieces, then the episode's row; the last one may have
   * been cut off. @param nulls whether the columns that may be null are
   */
  run(episodes: number, nulls: boolean): Piece[] {
    const pieces: Piece[] = [];
    const runId = 'run-20260101-000000';
    for (let episode = 1; episode <= episodes; episode++) {
      const ids = {
        run_id: runId,
        episode_id: `ep-${String(episode).padStart(6, '0')}`,
        schema_version: '1.0.0',
      };
      const count = this.below(50);
      let steps = Array.from({ length: count }, (_, i) => ({
        ...this.row('steps', nulls),
        ...ids,
        step: i + 1,
      }));
      while (steps.length > 0) {
        const cut = 1 + this.below(steps.length);
        pieces.push({ stream: 'steps', rows: steps.slice(0, cut) });
        steps = steps.slice(cut);
      }
      if (episode === episodes && count % 2 === 1) break;
      const rows = [{ ...this.row('episodes', nulls), ...ids, total_steps: Math.max(1, count) }];
      pieces.push({ stream: 'episodes', rows });
    }
    return pieces;
  }

  /** Rows of both streams that have nothing to do with each other, with any text. */
  anything(): Piece[] {
    return Array.from({ length: 12 }, () => {
      const stream = this.below(2) === 0 ? 'steps' : 'episodes';
      return { stream, rows: Array.from({ length: 1 + this.below(12) }, () => this.row(stream, false)) };
    });
  }

  private row(stream: StreamName, nulls: boolean): Row {
    const { columns }: StreamSchema = this.streams[stream];
    return Object.fromEntries(columns.map((column) => [column.name, this.value(column, nulls)]));
  }

  private value({ type, min = -Infinity, nullable }: ColumnSchema, nulls: boolean): Value {
    if (nulls && nullable === true) return null;
    if (type === 'text') return this.oneOf(TEXTS);
    if (type === 'bool') return this.below(2);
    if (type === 'floats') return Array.from({ length: this.listWidth }, () => this.float(min));
    return type === 'float' ? this.float(min) : this.int(min);
  }

  private int(min: number): number {
    if (this.below(2) === 0) return this.oneOf(INTS.filter((value) => value >= min));
    return this.rng.integers(Math.max(min, -1000), 1000);
  }

  private float(min: number): number {
    if (this.below(2) === 0) return this.oneOf(FLOATS.filter((value) => value >= min));
    const bits = new DataView(new ArrayBuffer(8));
    bits.setUint32(0, this.below(2 ** 32));
    bits.setUint32(4, this.below(2 ** 32));
    const value = bits.getFloat64(0);
    if (!Number.isFinite(value)) return 0.5;
    // a batch never holds -0, which adding 0 turns into 0
    return (min >= 0 ? Math.abs(value) : value) + 0;
  }

  private oneOf<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  private below(count: number): number {
    return this.rng.integers(0, count);
  }
}

/** The rows of a stream in record order. */
export const rowsOf = (pieces: readonly Piece[], stream: StreamName): Row[] =>
  pieces.flatMap((piece) => (piece.stream === stream ? piece.rows : []));

/** The same rows in pieces of at most `size`, neighbours of one stream joined. */
export function recut(pieces: readonly Piece[], size: number): Piece[] {
  const cut: { stream: StreamName; rows: Row[] }[] = [];
  for (const { stream, rows } of pieces) {
    for (const row of rows) {
      const last = cut.at(-1);
      if (last?.stream === stream && last.rows.length < size) last.rows.push(row);
      else cut.push({ stream, rows: [row] });
    }
  }
  return cut;
}
