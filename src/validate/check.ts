import type { Batch } from '../core/batch.js';
import type { FindingCodeName } from '../core/findings.js';
import type { RowSource } from '../core/ports.js';
import type { RunMetadata } from '../core/records.js';
import type { Recording } from '../core/streams.js';

/** The episode whose steps are going by. */
export interface EpisodeProgress {
  /** 1 for the first episode of the stream, whatever its id says. */
  number: number;
  /** As its steps, or without steps its record, name it. */
  id: string;
  /** Steps seen before the rows at hand. */
  rows: number;
  /** Some of its lines could not be read (and were reported), so counts and sums cannot be judged. */
  gap: boolean;
  /** Its steps were left out of the records, since it was rejected. */
  leftOut: boolean;
}

/** Rows [from, to) of a steps batch, all of one episode. */
export interface StepRows {
  batch: Batch;
  from: number;
  to: number;
  source: RowSource | null;
  episode: EpisodeProgress;
}

/** The end of an episode: its record is one row of an episodes batch, null when it has none. */
export interface EpisodeEnd {
  batch: Batch | null;
  row: number;
  source: RowSource | null;
  episode: EpisodeProgress;
}

/**
 * How the run ended, as its manifest says; without one it is being captured or was killed. Nobody knows while it is in
 * memory, or of a manifest that cannot be read.
 */
export type RunEnd = 'complete' | 'recovered' | 'aborted' | 'running' | 'killed' | 'unknown';

export interface RecordCounts {
  episodes: number;
  steps: number;
  /** Some records could not be read (and were reported), so there may be more. */
  gaps: boolean;
}

export interface RowContext {
  run: RunMetadata;
  /** What of the run is recorded, as run.json says. */
  recording: Recording;
  /** Written by plume_nav_sim under schema 0.1. */
  foreign: boolean;
  /** `recording`: batches in memory, which no reader has checked against the schema. */
  source: 'files' | 'recording';
  end: RunEnd;
  /** Whether an episode may have left no trace: of an unfinished run, its steps were left out. */
  mayLack: (id: string) => boolean;
  readonly report: (code: FindingCodeName, source: RowSource | null, row: number, message: string) => void;
}

/** Whether steps of an episode are recorded at all. */
export const recordsSteps = ({ recording }: RowContext, { leftOut }: EpisodeProgress): boolean =>
  recording.full && !leftOut;

/**
 * A check that watches the records go by, in the order of the run. Handlers run once for some thousand rows: loops
 * over the columns must stay tight, anything slow belongs where a difference has been seen.
 */
export interface RowCheck {
  steps?(rows: StepRows): void;
  episode?(end: EpisodeEnd): void;
  /** After the last record. */
  finish?(counts: RecordCounts): void;
}

export interface Check {
  readonly name: string;
  create(context: RowContext): RowCheck;
}
