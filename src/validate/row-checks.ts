import { texts, type Batch } from '../core/batch.js';
import { finding } from '../core/findings.js';
import { recordingOf } from '../core/recording.js';
import type { RowSource } from '../core/ports.js';
import type { RunMetadata } from '../core/records.js';
import type { Finding } from '../core/report.js';
import { streamsOf, type RunStreams } from '../core/streams.js';
import type { EpisodeProgress, RowCheck, RowContext, RunEnd } from './check.js';
import { CHECKS } from './checks/index.js';

export interface RowChecksOptions {
  run: RunMetadata;
  source: 'files' | 'recording';
  end: RunEnd;
  /** Left out for runs of which nothing may be missing. */
  mayLack?: (id: string) => boolean;
  add: (finding: Finding) => void;
}

/** Drives the checks over a run's records, fed as core/digest.ts is: an episode's steps, then its record. */
export class RowChecks {
  readonly counts = { episodes: 0, steps: 0 };
  /** The streams the run should have. */
  readonly streams: RunStreams;
  private readonly checks: readonly RowCheck[];
  private readonly episode: EpisodeProgress = { number: 1, id: '', rows: 0, gap: false, leftOut: false };

  /** Throws a CaptureError when run.json does not say what is recorded in a way we understand. */
  constructor({ run, source, end, mayLack = () => false, add }: RowChecksOptions) {
    const recording = recordingOf(run);
    this.streams = streamsOf(recording);
    const context: RowContext = {
      run,
      recording,
      source,
      end,
      mayLack,
      foreign: run.schema_version === '0.1',
      report: (code, place, row, message) =>
        add(finding(code, place?.file ?? null, place?.lineOf?.(row) ?? null, message)),
    };
    this.checks = CHECKS.map((check) => check.create(context));
  }

  /** Rows [from, to) of a steps batch, all of one episode, which goes on until `endEpisode`. */
  addSteps(batch: Batch, from: number, to: number, source: RowSource | null = null): void {
    if (to <= from) return;
    const { episode } = this;
    if (episode.rows === 0) episode.id = episodeIdAt(batch, from);
    const rows = { batch, from, to, source, episode };
    for (const check of this.checks) check.steps?.(rows);
    episode.rows += to - from;
    this.counts.steps += to - from;
  }

  /** Ends the episode with its row of an episodes batch; null when it has no record. */
  endEpisode(batch: Batch | null, row: number, source: RowSource | null = null): void {
    const { episode } = this;
    if (episode.rows === 0 && batch !== null) episode.id = episodeIdAt(batch, row);
    const end = { batch, row, source, episode };
    for (const check of this.checks) check.episode?.(end);
    if (batch !== null) this.counts.episodes++;
    episode.number++;
    episode.rows = 0;
    episode.gap = false;
    episode.leftOut = false;
  }

  /** Some lines of the episode at hand could not be read and have been reported. */
  markGap(): void {
    this.episode.gap = true;
  }

  /** The steps of the episode that comes next are not recorded, since it was rejected. */
  markLeftOut(): void {
    this.episode.leftOut = true;
  }

  /** @param gaps some records could not be read */
  finish(gaps: boolean): void {
    for (const check of this.checks) check.finish?.({ ...this.counts, gaps });
  }
}

export function episodeIdAt(batch: Batch, row: number): string {
  const column = texts(batch, 'episode_id');
  return column === null ? '' : column.dictionary[column.codes[row]!]!;
}
