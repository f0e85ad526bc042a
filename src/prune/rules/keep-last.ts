import { CaptureError } from '../../core/errors.js';
import type { RuleParser } from './rule.js';

/** Keeps the last n finished runs of each experiment. */
export const keepLast: RuleParser = (value) => {
  const count = Number(value);
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(count) || count < 1) {
    throw new CaptureError('usage', `--keep-last '${value}' is not a whole number from 1 on`, {
      hint: 'write how many runs of each experiment to keep: --keep-last 10',
    });
  }
  const label = `keep-last ${count}`;
  return {
    label,
    keep: (runs) =>
      new Map(runs.slice(0, count).map(({ runId }, i) => [runId, `${label} (${i + 1} of ${count})`])),
  };
};
