import { flags, numbers, type Batch } from '../../core/batch.js';
import type { FindingCodeName } from '../../core/findings.js';
import type { Check, EpisodeEnd, RowCheck, RowContext, StepRows } from '../check.js';

/** Episode column, the step column its last value must equal, code. */
const LAST_VALUES = [
  ['final_x', 'agent_x', 'final-position'],
  ['final_y', 'agent_y', 'final-position'],
  ['final_distance_to_goal', 'distance_to_goal', 'final-distance'],
] as const satisfies readonly (readonly [string, string, FindingCodeName])[];
const LAST_FLAGS = ['terminated', 'truncated'] as const;

/** An episode's record says what its steps say. */
class Totals implements RowCheck {
  private reward: number | null = 0;
  private readonly lastValues: (number | null)[] = LAST_VALUES.map(() => null);
  private readonly lastFlags: (number | null)[] = LAST_FLAGS.map(() => null);
  private readonly context: RowContext;

  constructor(context: RowContext) {
    this.context = context;
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
    this.reward = 0;
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
    if (count !== undefined && count !== episode.rows) say('total-steps', 'total_steps', count, episode.rows);
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

  private checkLimit({ batch, row, source, episode }: EpisodeEnd): void {
    const limit = this.context.run.env_config.max_steps;
    if (episode.rows <= limit) return;
    const message = `${episode.id} has ${episode.rows} steps, env_config.max_steps is ${limit}`;
    this.context.report('max-steps', batch === null ? null : source, row, message);
  }
}

export const totals: Check = { name: 'totals', create: (context) => new Totals(context) };
