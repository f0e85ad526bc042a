import { flags, lists, numbers, texts, type Batch } from '../../../core/batch.js';
import { CaptureError } from '../../../core/errors.js';
import type { EpisodeRow } from '../../walk.js';

/** Rows of one batch, copied: the batch is the reader's. */
interface Piece {
  observations: Float64Array;
  actions: Float64Array;
  rewards: Float64Array;
  terminations: Uint8Array;
  truncations: Uint8Array;
  infos: Float64Array[];
}

/** Steps of one episode gathered from batches; Minari keeps an episode in one piece. */
export class EpisodeBuffer {
  readonly id: string;
  /** As its record says; null when it was cut off before it had one. */
  readonly totalReward: number | null;
  rows = 0;
  width = 0;
  seed = 0;
  runId = '';
  largestAction = 0;
  private readonly infoNames: readonly string[];
  private readonly pieces: Piece[] = [];

  /** @param infoNames columns of numbers to keep besides */
  constructor({ id, row }: { id: string; row: EpisodeRow | null }, infoNames: readonly string[]) {
    this.id = id;
    this.totalReward = row === null ? null : numbers(row.batch, 'total_reward')![row.row]!;
    this.infoNames = infoNames;
  }

  add(batch: Batch): void {
    const { rows } = batch;
    const { width, values } = lists(batch, 'observation_summary')!;
    if (this.rows > 0 && width !== this.width) {
      throw new CaptureError('input', `${this.id}: observations have ${this.width} values, then ${width}`, {
        hint: 'all observations of a Minari dataset have one shape; export it as jsonl or parquet',
      });
    }
    if (this.rows === 0) {
      this.width = width;
      this.seed = numbers(batch, 'seed')![0]!;
      const { codes, dictionary } = texts(batch, 'run_id')!;
      this.runId = dictionary[codes[0]!]!;
    }
    const actions = numbers(batch, 'action')!.slice(0, rows);
    this.checkActions(actions);
    this.rows += rows;
    this.pieces.push({
      observations: values.slice(0, rows * width),
      actions,
      rewards: numbers(batch, 'reward')!.slice(0, rows),
      terminations: flags(batch, 'terminated')!.slice(0, rows),
      truncations: flags(batch, 'truncated')!.slice(0, rows),
      infos: this.infoNames.map((name) => numbers(batch, name)!.slice(0, rows)),
    });
  }

  /** Shape (rows + 1, width): the first row, before the first step, is not recorded. */
  observations(): Float64Array {
    return this.withUnknownFirst(this.column('observations'), this.width);
  }

  /** One value a row; terminations and truncations are 0 and 1. */
  columns(): Omit<Piece, 'observations' | 'infos'> {
    const { rows } = this;
    return {
      actions: joined(new Float64Array(rows), this.column('actions')),
      rewards: joined(new Float64Array(rows), this.column('rewards')),
      terminations: joined(new Uint8Array(rows), this.column('terminations')),
      truncations: joined(new Uint8Array(rows), this.column('truncations')),
    };
  }

  /** By name, rows + 1 values each, in step with the observations. */
  infos(): [name: string, values: Float64Array][] {
    return this.infoNames.map((name, index) => {
      const pieces = this.column('infos').map((infos) => infos[index]!);
      return [name, this.withUnknownFirst(pieces, 1)];
    });
  }

  private checkActions(actions: Float64Array): void {
    for (const action of actions) {
      if (action > this.largestAction) this.largestAction = action;
      if (action >= 0) continue;
      throw new CaptureError('input', `${this.id}: action ${action} is below 0`, {
        hint: 'the actions of a discrete space count from 0; export it as jsonl or parquet',
      });
    }
  }

  private column<K extends keyof Piece>(name: K): Piece[K][] {
    return this.pieces.map((piece) => piece[name]);
  }

  private withUnknownFirst(pieces: readonly Float64Array[], width: number): Float64Array {
    const all = new Float64Array((this.rows + 1) * width).fill(Number.NaN, 0, width);
    joined(all.subarray(width), pieces);
    return all;
  }
}

/** Fills `target` with the pieces, one after the other. */
function joined<T extends Float64Array | Uint8Array>(target: T, pieces: readonly T[]): T {
  let at = 0;
  for (const piece of pieces) {
    target.set(piece, at);
    at += piece.length;
  }
  return target;
}
