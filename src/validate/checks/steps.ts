import { flags, numbers, texts, type Batch } from '../../core/batch.js';
import { shown } from '../../core/findings.js';
import type { RowSource } from '../../core/ports.js';
import {
  recordsSteps,
  type Check,
  type EpisodeEnd,
  type RowCheck,
  type RowContext,
  type StepRows,
} from '../check.js';

/**
 * Steps of an episode are 1, 1 + k, 1 + 2k, … and the last, where run.json says which k is recorded; the last one, and
 * no other, is terminated or truncated.
 */
class StepOrder implements RowCheck {
  private expected = 1;
  /** Whether the last step seen ends the episode. */
  private ended = false;
  private readonly context: RowContext;

  constructor(context: RowContext) {
    this.context = context;
  }

  steps(rows: StepRows): void {
    this.checkNumbers(rows);
    this.checkFlags(rows);
    this.checkEpisodeId(rows);
  }

  episode({ batch, source, row, episode }: EpisodeEnd): void {
    if (batch !== null && episode.rows === 0 && !recordsSteps(this.context, episode)) {
      this.checkRecord(batch, row, source, episode.id);
    } else if (batch !== null && episode.rows > 0 && !this.ended && !episode.gap) {
      const message = `${episode.id}: its last step is neither terminated nor truncated`;
      this.context.report('flag-missing', source, row, message);
    }
    this.expected = 1;
    this.ended = false;
  }

  private checkNumbers(rows: StepRows): void {
    const { batch, from, to, source, episode } = rows;
    const step = numbers(batch, 'step');
    if (step === null) return;
    const { step_interval: interval } = this.context.recording;
    let { expected } = this;
    for (let i = from; i < to; i++) {
      const found = step[i]!;
      if (found === expected) {
        expected += interval;
        continue;
      }
      if (!this.mayFollow(rows, i, found, expected)) {
        const message = `${episode.id}: expected step ${expected}, found ${found}`;
        this.context.report('step-order', source, i, message);
      }
      // the next that is recorded, whatever the one at hand should have been
      expected = found + interval - ((found - 1) % interval);
    }
    this.expected = expected;
  }

  /** Whether a step that is not the expected one is right: the last of its episode, or one that follows a gap. */
  private mayFollow(
    { batch, episode: { gap } }: StepRows,
    row: number,
    found: number,
    expected: number,
  ): boolean {
    const { step_interval: interval } = this.context.recording;
    const isLast = flags(batch, 'terminated')?.[row] === 1 || flags(batch, 'truncated')?.[row] === 1;
    if (gap && found > expected) return isLast || (found - 1) % interval === 0;
    return isLast && found < expected && found > expected - interval;
  }

  private checkFlags({ batch, from, to, source, episode }: StepRows): void {
    const terminated = flags(batch, 'terminated');
    const truncated = flags(batch, 'truncated');
    if (terminated === null || truncated === null) return;
    if (this.ended) this.reportEarly(source, from, `${episode.id}: steps follow one that ended it`);
    const last = to - 1;
    let early = 0;
    for (let i = from; i < last; i++) early |= terminated[i]! | truncated[i]!;
    for (let i = from; early !== 0 && i < last; i++) {
      if ((terminated[i]! | truncated[i]!) === 0) continue;
      const flag = terminated[i] ? 'terminated' : 'truncated';
      this.reportEarly(source, i, `${episode.id}: ${flag}, but further steps follow`);
    }
    this.ended = (terminated[last]! | truncated[last]!) !== 0;
  }

  /** Of an episode whose steps are not recorded, the record alone says how it ended. */
  private checkRecord(batch: Batch, row: number, source: RowSource | null, id: string): void {
    const ended = flags(batch, 'terminated')?.[row] === 1 || flags(batch, 'truncated')?.[row] === 1;
    if (ended) return;
    this.context.report('flag-missing', source, row, `${id}: it is neither terminated nor truncated`);
  }

  private reportEarly(source: RowSource | null, row: number, message: string): void {
    this.context.report('flag-early', source, row, message);
  }

  private checkEpisodeId({ batch, from, to, source, episode }: StepRows): void {
    const column = texts(batch, 'episode_id');
    if (column === null) return;
    const { codes, dictionary } = column;
    let good = -1;
    for (let i = from; i < to; i++) {
      if (codes[i] === good) continue;
      const id = dictionary[codes[i]!]!;
      if (id === episode.id) good = codes[i]!;
      else
        this.context.report('episode-id', source, i, `${shown(id)} among the steps of ${shown(episode.id)}`);
    }
  }
}

export const steps: Check = { name: 'steps', create: (context) => new StepOrder(context) };
