import { parseCount } from './keep-count.js';
import type { RuleParser } from './rule.js';

/** Keeps the last n finished runs of each group. */
export const keepLast: RuleParser = (value) => {
  const count = parseCount('keep-last', value);
  const label = `keep-last ${value}`;
  return {
    label,
    keep: (runs) => new Map(runs.slice(0, count).map((run, i) => [run, `${label} (${i + 1} of ${value})`])),
  };
};
