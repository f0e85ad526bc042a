import { numbers } from '../../core/batch.js';
import {
  recordsSteps,
  type Check,
  type EpisodeEnd,
  type RowCheck,
  type RowContext,
  type StepRows,
} from '../check.js';

/** How many of what, in words. */
const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

/**
 * What stands behind the whole episodes of a run whose capture was killed: the two streams come to the disk one after
 * the other, so the end of either may be missing. Of one that is running the next moment brings it.
 */
class Ending implements RowCheck {
  private lastStep: number | null = null;
  private readonly whole = { episodes: 0, steps: 0 };
  /** Episodes that have steps and no record. */
  private readonly unrecorded = { episodes: 0, steps: 0 };
  /** Records whose steps are missing, some or all. */
  private cut = 0;
  private readonly context: RowContext;

  constructor(context: RowContext) {
    this.context = context;
  }

  steps({ batch, to }: StepRows): void {
    this.lastStep = numbers(batch, 'step')?.[to - 1] ?? null;
  }

  episode(end: EpisodeEnd): void {
    const { rows } = end.episode;
    if (end.batch === null) {
      this.unrecorded.episodes++;
      this.unrecorded.steps += rows;
    } else if (this.isCut(end)) {
      this.cut++;
    } else {
      this.whole.episodes++;
      this.whole.steps += rows;
      // what stands before a whole episode is no end, and has been reported
      this.unrecorded.episodes = 0;
      this.unrecorded.steps = 0;
      this.cut = 0;
    }
    this.lastStep = null;
  }

  finish(): void {
    const { whole, unrecorded, cut } = this;
    const follow: string[] = [];
    if (unrecorded.episodes > 0) {
      const of = unrecorded.episodes === 1 ? 'an episode' : `${unrecorded.episodes} episodes`;
      follow.push(`${count(unrecorded.steps, 'step')} of ${of} without a record`);
    }
    if (cut > 0) follow.push(`${count(cut, 'record')} whose steps are not all there`);
    if (follow.length === 0) return;
    const before = `${count(whole.episodes, 'whole episode')} with ${count(whole.steps, 'step')}`;
    this.context.report('unfinished-end', null, 0, `behind ${before} follow ${follow.join(' and ')}`);
  }

  private isCut({ batch, row, episode }: EpisodeEnd): boolean {
    if (batch === null || !episode.gap || !recordsSteps(this.context, episode)) return false;
    return numbers(batch, 'total_steps')?.[row] !== this.lastStep;
  }
}

export const ending: Check = {
  name: 'ending',
  create: (context) => (context.end === 'killed' ? new Ending(context) : {}),
};
