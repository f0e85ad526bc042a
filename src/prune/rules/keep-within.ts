import { before, parseDuration } from '../../core/duration.js';
import type { RuleParser } from './rule.js';

/** Keeps runs that ended within a span before now (not before the newest run), counted on the local calendar. */
export const keepWithin: RuleParser = (value) => {
  const duration = parseDuration('--keep-within', value);
  const label = `keep-within ${value}`;
  return {
    label,
    keep(runs, nowMs) {
      const since = before(nowMs, duration);
      return new Map(runs.filter((run) => run.endedMs >= since).map((run) => [run, label]));
    },
  };
};
