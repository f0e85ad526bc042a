import type { Batch } from '../../core/batch.js';
import type { RowSource } from '../../core/ports.js';
import type { EpisodeSink } from '../../core/read-episodes.js';
import { Stopped, type Difference } from '../difference.js';
import type { Replay } from '../result.js';
import { stopOf, type Candidate } from './candidate.js';

/** Episodes that show which candidates are right: each alone, so that one changed record does not decide. */
const EPISODES = 8;

interface Tried {
  readonly candidate: Candidate;
  /** Episodes it gives as they are recorded. */
  fits: number;
  /** Why not the episode at hand, and why not the one it came farthest in. */
  stopped: Stopped | null;
  farthest: Difference | null;
}

/** Holds the first episodes of a run against every candidate. */
export class Trial implements EpisodeSink {
  private readonly tried: Tried[];
  private episode: number;
  private left = EPISODES;

  /** @param first number of the first episode, 1 on */
  constructor(candidates: readonly Candidate[], first: number) {
    this.tried = candidates.map((candidate) => ({ candidate, fits: 0, stopped: null, farthest: null }));
    this.episode = first;
  }

  addSteps(batch: Batch, from: number, to: number, source: RowSource): Promise<void> {
    return this.each(({ comparison }) => comparison.addSteps(batch, from, to, source));
  }

  async endEpisode(batch: Batch | null, row: number, source: RowSource | null): Promise<void> {
    await this.each(({ comparison }) => comparison.endEpisode(batch, row, source));
    this.episode++;
    for (const one of this.tried) {
      if (one.stopped === null) one.fits++;
      one.stopped = null;
      one.candidate.episodes.goTo(this.episode);
      one.candidate.comparison.goTo(this.episode);
    }
    if (--this.left === 0) throw new Stopped(null);
  }

  markGap(): void {
    for (const { candidate } of this.tried) candidate.comparison.markGap();
  }

  /** Whether there is anything to go by. */
  get empty(): boolean {
    return this.left === EPISODES;
  }

  /** The candidates that give most of the episodes as they are recorded; none when no one gives any. */
  best(): Replay[] {
    const most = Math.max(...this.tried.map(({ fits }) => fits));
    if (most === 0) return [];
    return this.tried.filter(({ fits }) => fits === most).map(({ candidate }) => candidate.replay);
  }

  /** What differs where a candidate came farthest; null when none was ever stopped. */
  nearest(): { replay: Replay; difference: Difference } | null {
    const [one] = this.tried.toSorted((a, b) => reach(b.farthest) - reach(a.farthest));
    const difference = one?.farthest ?? null;
    return difference === null ? null : { replay: one!.candidate.replay, difference };
  }

  private async each(work: (candidate: Candidate) => Promise<void>): Promise<void> {
    for (const one of this.tried) {
      if (one.stopped !== null) continue;
      one.stopped = await stopOf(work(one.candidate));
      const difference = one.stopped?.difference ?? null;
      if (reach(difference) > reach(one.farthest)) one.farthest = difference;
    }
  }
}

/** How far into an episode a difference lies; its record is behind all steps. */
const reach = (difference: Difference | null): number =>
  difference === null ? -1 : (difference.step ?? Infinity);
