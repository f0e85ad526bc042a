import { before, parseDuration } from '../duration.js';
import type { RuleParser } from './rule.js';

/** Keeps runs that ended within a span before now, days and longer counted on the local calendar. */
export const keepWithin: RuleParser = (value) => {
  const duration = parseDuration('--keep-within', value);
  const label = `keep-within ${value}`;
  return {
    label,
    keep(runs, nowMs) {
      const since = before(nowMs, duration);
      return new Map(runs.filter((run) => run.endedMs >= since).map(({ runId }) => [runId, label]));
    },
  };
};
