import { numbers, type Batch } from '../core/batch.js';
import { formatEpisodeId, parseEpisodeId } from '../core/ids.js';
import type { RowObserver, RowSource } from '../core/ports.js';
import type { EpisodeSink } from '../core/read-episodes.js';
import type { ColumnSchema } from '../core/streams.js';
import { firstOther, type FirstOther } from './compare.js';
import { otherRow, otherValue, type Place, type Stopped } from './difference.js';
import type { RecordedRejections } from './recorded-rejections.js';
import { episodeIdAt } from './run-records.js';
import type { RowRange, SimulatedEpisodes } from './simulated.js';

export interface ComparisonOptions {
  simulated: SimulatedEpisodes;
  /** What is compared of a step, and of a record. */
  steps: readonly ColumnSchema[];
  episodes: readonly ColumnSchema[];
  same: FirstOther;
  /** Number of the first episode that is compared. */
  first: number;
  /** Whether the manifest says that records are missing in an episode, or right before it. */
  hasGap: (id: string) => boolean;
  /** Sees what was simulated of the records that are there. */
  observer?: RowObserver;
  /** What is recorded of rejected episodes; left out for runs that were recorded without rules. */
  rejections?: RecordedRejections;
}

/**
 * Holds what is recorded against what simulating gives, and stops at the first difference. What a run that was cut off
 * lacks at its end, and what its manifest says is missing, is no difference.
 */
export class Comparison implements EpisodeSink {
  /** Found to be as simulated: episodes with their records, and steps, those of the last episode that has none too. */
  readonly counts = { episodes: 0, steps: 0 };
  /** Steps of the episodes before the one at hand. */
  private whole = 0;
  private readonly options: ComparisonOptions;
  private episode: number;
  private gap = false;
  /** The episode before has no record, and the simulation still stands in it. */
  private unended: { readonly stopped: Stopped; readonly lost: boolean } | null = null;

  constructor(options: ComparisonOptions) {
    this.options = options;
    this.episode = options.first;
  }

  /** Steps in the episode at hand, or in the last one, that has no record. */
  get openSteps(): number {
    return this.counts.steps - this.whole;
  }

  /** The episode at hand, or behind the last one. */
  get place(): Place {
    return { episode: this.episode, id: formatEpisodeId(this.episode), step: null };
  }

  async addSteps(batch: Batch, from: number, to: number, source: RowSource): Promise<void> {
    await this.enter(batch, from);
    const { simulated, observer } = this.options;
    for (let at = from; at < to;) {
      const recorded = { batch, from: at, to };
      const rows = await simulated.steps(recorded);
      if (rows === null) throw await this.tooMany(batch, at, source);
      const missing = this.gap ? stepsBefore(rows, recorded) : 0;
      if (missing > 0) {
        simulated.pass(missing);
        continue;
      }
      const count = this.gap ? stepsAlike(rows, recorded) : Math.min(to - at, rows.to - rows.from);
      this.compareSteps(rows, { ...recorded, to: at + count }, source);
      observer?.addSteps(rows.batch, rows.from, rows.from + count);
      simulated.pass(count);
      this.counts.steps += count;
      at += count;
    }
  }

  async endEpisode(batch: Batch | null, row: number, source: RowSource | null): Promise<void> {
    if (batch !== null) await this.enter(batch, row);
    const { gap, place } = this;
    const { simulated, same, episodes, observer, rejections } = this.options;
    this.gap = false;
    if (batch === null) {
      this.unended = { stopped: otherRow(place, 'its record is missing'), lost: gap };
      observer?.endEpisode(null, 0);
      return;
    }
    const where = { source, row };
    const next = await simulated.nextStep();
    const record = await simulated.record();
    if (record === null) throw otherRow(place, 'is recorded, and the run has no such episode', where);
    if (next !== null && !gap) {
      throw otherRow({ ...place, step: next }, 'is not recorded, the episode goes on', where);
    }
    const left = { batch: record.batch, at: record.row };
    const right = { batch, at: row };
    const other = firstOther(episodes, same, left, right, 1);
    if (other !== null) throw otherValue(place, other.schema, left, right, source);
    await rejections?.compare(place, record.rejection, record.sample);
    observer?.endEpisode(record.batch, record.row);
    this.counts.episodes++;
    this.goOn();
  }

  markGap(): void {
    this.gap = true;
  }

  /** On to the beginning of an episode after a difference; the simulation is to do the same. */
  goTo(episode: number): void {
    this.episode = episode;
    this.whole = this.counts.steps;
    this.gap = false;
    this.unended = null;
  }

  /** On to the episode of a row, over those that the manifest says are missing. */
  private async enter(batch: Batch, row: number): Promise<void> {
    const id = episodeIdAt(batch, row);
    if (this.options.hasGap(id)) this.gap = true;
    if (this.unended !== null) {
      const { stopped, lost } = this.unended;
      // an episode without a record is one that was cut off, unless another follows
      if (!lost) throw stopped;
      this.unended = null;
      await this.skip();
    }
    const number = parseEpisodeId(id) ?? this.episode;
    while (this.gap && this.episode < number) if (!(await this.skip())) return;
  }

  /** Passes over the episode at hand. @returns whether there is one */
  private async skip(): Promise<boolean> {
    if ((await this.options.simulated.record()) === null) return false;
    this.goOn();
    return true;
  }

  private goOn(): void {
    this.options.simulated.next();
    this.whole = this.counts.steps;
    this.episode++;
  }

  private compareSteps(simulated: RowRange, recorded: RowRange, source: RowSource): void {
    const { same, steps } = this.options;
    const left = { batch: simulated.batch, at: simulated.from };
    const right = { batch: recorded.batch, at: recorded.from };
    const other = firstOther(steps, same, left, right, recorded.to - recorded.from);
    if (other === null) return;
    const { row, schema } = other;
    this.counts.steps += row;
    left.at += row;
    right.at += row;
    throw otherValue({ ...this.place, step: stepAt(left.batch, left.at) }, schema, left, right, source);
  }

  private async tooMany(batch: Batch, row: number, source: RowSource): Promise<Stopped> {
    const ended = (await this.options.simulated.record()) !== null;
    const what = ended ? 'the episode ends before it' : 'the run has no such episode';
    const place = { ...this.place, step: stepAt(batch, row) };
    return otherRow(place, `is recorded, and ${what}`, { source, row });
  }
}

const stepAt = (batch: Batch, row: number): number => numbers(batch, 'step')![row]!;

/** How many simulated steps come before the first recorded one. */
function stepsBefore(simulated: RowRange, recorded: RowRange): number {
  const first = stepAt(recorded.batch, recorded.from);
  let row = simulated.from;
  while (row < simulated.to && stepAt(simulated.batch, row) < first) row++;
  return row - simulated.from;
}

/** How many steps from here on have the same numbers; one at least, which then shows that it has not. */
function stepsAlike(simulated: RowRange, recorded: RowRange): number {
  const most = Math.min(simulated.to - simulated.from, recorded.to - recorded.from);
  let count = 1;
  while (
    count < most &&
    stepAt(simulated.batch, simulated.from + count) === stepAt(recorded.batch, recorded.from + count)
  ) {
    count++;
  }
  return count;
}
