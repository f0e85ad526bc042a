import { CaptureError } from '../../core/errors.js';
import type { FinishedRun } from '../../catalog/run-entry.js';
import type { Rule, RuleParser } from './rule.js';

/** How many to keep: a whole number from 1 on, or `all`. */
export function parseCount(rule: string, value: string): number {
  if (value === 'all') return Infinity;
  const count = Number(value);
  if (/^\d+$/.test(value) && Number.isSafeInteger(count) && count >= 1) return count;
  throw new CaptureError('usage', `--${rule} '${value}' is not a whole number from 1 on`, {
    hint: `write how many to keep, or all: --${rule} 10`,
  });
}

/**
 * Keeps the newest run of each of the last n periods that have any, by the local calendar: what restic and borg do.
 * @param period the same text for all times of a period
 */
export function keepNewestOfEach(rule: string, period: (date: Date) => string): RuleParser {
  return (value): Rule => {
    const count = parseCount(rule, value);
    const label = `${rule} ${value}`;
    return {
      label,
      keep(runs) {
        const kept = new Map<FinishedRun, string>();
        let last: string | null = null;
        for (const run of runs) {
          const here = period(new Date(run.endedMs));
          if (here === last) continue;
          if (kept.size === count) break;
          kept.set(run, `${label} (${here})`);
          last = here;
        }
        return kept;
      },
    };
  };
}

export const two = (n: number): string => String(n).padStart(2, '0');
