import { flags, numbers, type Batch } from '../../core/batch.js';
import type { FindingCodeName } from '../../core/findings.js';
import {
  recordsSteps,
  type Check,
  type EpisodeEnd,
  type RowCheck,
  type RowContext,
  type StepRows,
} from '../check.js';

/** Episode column, the step column its last value must equal, code. */
const LAST_VALUES = [
  ['final_x', 'agent_x', 'final-position'],
  ['final_y', 'agent_y', 'final-position'],
  ['final_distance_to_goal', 'distance_to_goal', 'final-distance'],
] as const satisfies readonly (readonly [string, string, FindingCodeName])[];
const LAST_FLAGS = ['terminated', 'truncated'] as const;

/** An episode's record says what its steps say. */
class Totals implements RowCheck {
  /** Null when it cannot be told: some rewards are not recorded. */
  private reward: number | null;
  private lastStep: number | null = null;
  private readonly lastValues: (number | null)[] = LAST_VALUES.map(() => null);
  private readonly lastFlags: (number | null)[] = LAST_FLAGS.map(() => null);
  private readonly context: RowContext;

  constructor(context: RowContext) {
    this.context = context;
    this.reward = this.noReward();
  }

  steps({ batch, from, to }: StepRows): void {
    const reward = numbers(batch, 'reward');
    if (reward === null) this.reward = null;
    else if (this.reward !== null) {
      // Left to right: float addition depends on the order, and the sum must be equal to the last bit.
      let sum = this.reward;
      for (let i = from; i < to; i++) sum += reward[i]!;
      this.reward = sum;
    }
    const last = to - 1;
    this.lastStep = numbers(batch, 'step')?.[last] ?? null;
    for (let c = 0; c < LAST_VALUES.length; c++) {
      this.lastValues[c] = numbers(batch, LAST_VALUES[c]![1])?.[last] ?? null;
    }
    for (let c = 0; c < LAST_FLAGS.length; c++) {
      this.lastFlags[c] = flags(batch, LAST_FLAGS[c]!)?.[last] ?? null;
    }
  }

  episode(end: EpisodeEnd): void {
    const { batch, episode } = end;
    if (batch !== null && episode.rows > 0 && !episode.gap) this.compare(end, batch);
    this.checkLimit(end);
    this.reward = this.noReward();
    this.lastStep = null;
  }

  private noReward(): number | null {
    return this.context.recording.step_interval === 1 ? 0 : null;
  }

  /** Steps the episode took: as many as are recorded, or what the last that is recorded says. */
  private stepsTaken({ episode }: EpisodeEnd): number {
    return this.context.recording.step_interval === 1 ? episode.rows : (this.lastStep ?? episode.rows);
  }

  private compare(end: EpisodeEnd, batch: Batch): void {
    const { row, episode } = end;
    const say = (code: FindingCodeName, what: string, recorded: unknown, steps: unknown): void =>
      this.context.report(
        code,
        end.source,
        row,
        `${episode.id}: ${what} is ${String(recorded)}, its steps say ${String(steps)}`,
      );
    const count = numbers(batch, 'total_steps')?.[row];
    const taken = this.stepsTaken(end);
    if (count !== undefined && count !== taken) say('total-steps', 'total_steps', count, taken);
    const total = numbers(batch, 'total_reward')?.[row];
    if (total !== undefined && this.reward !== null && total !== this.reward) {
      say('total-reward', 'total_reward', total, this.reward);
    }
    for (let c = 0; c < LAST_VALUES.length; c++) {
      const [name, , code] = LAST_VALUES[c]!;
      const value = numbers(batch, name)?.[row];
      const last = this.lastValues[c] ?? null;
      if (value !== undefined && last !== null && value !== last) say(code, name, value, last);
    }
    for (let c = 0; c < LAST_FLAGS.length; c++) {
      const value = flags(batch, LAST_FLAGS[c]!)?.[row];
      const last = this.lastFlags[c] ?? null;
      if (value !== undefined && last !== null && value !== last) {
        say('episode-flags', LAST_FLAGS[c]!, value === 1, last === 1);
      }
    }
  }

  private checkLimit(end: EpisodeEnd): void {
    const { batch, row, source, episode } = end;
    const limit = this.context.run.env_config.max_steps;
    const recorded = batch === null ? null : numbers(batch, 'total_steps');
    const taken = recordsSteps(this.context, episode) ? this.stepsTaken(end) : (recorded?.[row] ?? 0);
    if (taken <= limit) return;
    const message = `${episode.id} has ${taken} steps, env_config.max_steps is ${limit}`;
    this.context.report('max-steps', batch === null ? null : source, row, message);
  }
}

export const totals: Check = { name: 'totals', create: (context) => new Totals(context) };
