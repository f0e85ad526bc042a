import type { Batch } from '../core/batch.js';
import type { Rejection } from '../core/rejections.js';
import type { Chunk, EpisodePart } from '../record/chunk.js';
import type { EpisodeSource } from '../record/episode-source.js';

/** Rows [from, to) of a batch. */
export interface RowRange {
  batch: Batch;
  from: number;
  to: number;
}

/** The end of an episode: a row of an episodes batch, and what the rules of `qc.*` say of it. */
export interface SimulatedRecord {
  batch: Batch;
  row: number;
  rejection: Rejection | null;
  /** Its steps, when they are kept as a sample. */
  sample: Batch | null;
}

/** A run as simulating it again gives it, episode by episode, no further than it is asked for. */
export interface SimulatedEpisodes {
  /**
   * Steps of the episode at hand behind those passed, some of them; null when it has no more.
   * @param recorded the steps they are to be compared with
   */
  steps(recorded: RowRange): Promise<RowRange | null>;
  pass(count: number): void;
  /** Number of the step behind those passed; null when the episode is over. */
  nextStep(): Promise<number | null>;
  /** The record of the episode at hand, whose other steps are passed over; null when there is no such episode. */
  record(): Promise<SimulatedRecord | null>;
  /** On to the next episode, from its record. */
  next(): void;
}

/** Those that the threads of a capture make, chunk by chunk. */
export class ChunkedEpisodes implements SimulatedEpisodes {
  private readonly chunks: AsyncGenerator<Chunk>;
  private readonly signal: AbortSignal;
  /** Good until the next. */
  private chunk: Chunk | null = null;
  private ended = false;
  private part = 0;
  /** Row of the next step in the chunk. */
  private at = 0;

  constructor(source: EpisodeSource, signal: AbortSignal) {
    this.chunks = source.chunks();
    this.signal = signal;
  }

  async steps(): Promise<RowRange | null> {
    while (!this.ended) {
      const part = this.chunk?.parts[this.part];
      if (part === undefined) await this.load();
      else if (this.at < part.to) return { batch: this.chunk!.steps, from: this.at, to: part.to };
      else if (part.record === null) this.enter(this.part + 1);
      else return null;
    }
    return null;
  }

  pass(count: number): void {
    this.at += count;
  }

  async nextStep(): Promise<number | null> {
    const rows = await this.steps();
    return rows === null ? null : (rows.batch.columns['step'] as Float64Array)[rows.from]!;
  }

  async record(): Promise<SimulatedRecord | null> {
    for (let rows = await this.steps(); rows !== null; rows = await this.steps()) this.at = rows.to;
    const part = this.chunk?.parts[this.part];
    if (part === undefined || part.record === null) return null;
    const { parts, samples, episodes } = this.chunk!;
    const isSampled = ({ rejection }: EpisodePart): boolean => rejection?.steps === 'sampled';
    const { record: row, rejection } = part;
    if (!isSampled(part)) return { batch: episodes, row, rejection, sample: null };
    const before = parts.slice(0, this.part).filter(isSampled).length;
    return { batch: episodes, row, rejection, sample: samples[before]! };
  }

  next(): void {
    this.enter(this.part + 1);
  }

  async close(): Promise<void> {
    await this.chunks.return(undefined);
  }

  private async load(): Promise<void> {
    this.chunk = null;
    const next = await this.chunks.next();
    this.signal.throwIfAborted();
    if (next.done === true) {
      this.ended = true;
      return;
    }
    this.chunk = next.value;
    this.enter(0);
  }

  private enter(part: number): void {
    this.part = part;
    this.at = this.chunk?.parts[part]?.from ?? 0;
  }
}
