import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planPrune, toRemove, type FoundRun } from '../../src/prune/plan.js';
import { rules } from '../../src/prune/rules/index.js';
import { finished } from './runs.js';

const NOW = Date.parse('2026-06-30T12:00:00Z');
const rule = (name: string, value: string) => rules.get(name)(value);

const RUNS: FoundRun[] = [
  finished('a', 'run-20260101-000000', '2026-01-01T01:00:00Z'),
  finished('a', 'run-20260601-000000', '2026-06-01T01:00:00Z'),
  finished('a', 'run-20260629-000000', '2026-06-29T01:00:00Z'),
  finished('a', 'run-20260629-000000-2', '2026-06-29T01:00:00Z'),
  finished('a', 'run-20260629-000000-10', '2026-06-29T01:00:00Z'),
  { kind: 'protected', experiment: 'a', runId: 'run-20260630-000000', reason: 'live' },
  finished('b', 'run-20250101-000000', '2025-01-01T01:00:00Z'),
  // ended later than one that started after it
  finished('b', 'run-20240101-000000', '2026-06-30T11:00:00Z'),
];

/** One line a run, as a golden file would have it. */
const lines = (...args: [string, string][]): string[] =>
  planPrune(
    RUNS,
    args.map(([name, value]) => rule(name, value)),
    NOW,
  ).decisions.map(
    ({ run, action, reasons }) => `${action} ${run.experiment}/${run.runId}: ${reasons.join('; ')}`,
  );

describe('what the rules keep', () => {
  it('keep-last 2: of each experiment, the later id first when two ended together', () => {
    expect(lines(['keep-last', '2'])).toEqual([
      'keep a/run-20260629-000000-10: keep-last 2 (1 of 2)',
      'keep a/run-20260629-000000-2: keep-last 2 (2 of 2)',
      'remove a/run-20260629-000000: not in keep-last 2',
      'remove a/run-20260601-000000: not in keep-last 2',
      'remove a/run-20260101-000000: not in keep-last 2',
      'keep a/run-20260630-000000: live',
      'keep b/run-20240101-000000: keep-last 2 (1 of 2)',
      'keep b/run-20250101-000000: keep-last 2 (2 of 2)',
    ]);
  });

  it('keep-within 30d: by when a run ended', () => {
    expect(lines(['keep-within', '30d'])).toEqual([
      'keep a/run-20260629-000000-10: keep-within 30d',
      'keep a/run-20260629-000000-2: keep-within 30d',
      'keep a/run-20260629-000000: keep-within 30d',
      'keep a/run-20260601-000000: keep-within 30d',
      'remove a/run-20260101-000000: not in keep-within 30d',
      'keep a/run-20260630-000000: live',
      'keep b/run-20240101-000000: keep-within 30d',
      'remove b/run-20250101-000000: not in keep-within 30d',
    ]);
  });

  it('both: a run stays if either keeps it', () => {
    expect(lines(['keep-last', '1'], ['keep-within', '2d'])).toEqual([
      'keep a/run-20260629-000000-10: keep-last 1 (1 of 1); keep-within 2d',
      'keep a/run-20260629-000000-2: keep-within 2d',
      'keep a/run-20260629-000000: keep-within 2d',
      'remove a/run-20260601-000000: not in keep-last 1; not in keep-within 2d',
      'remove a/run-20260101-000000: not in keep-last 1; not in keep-within 2d',
      'keep a/run-20260630-000000: live',
      'keep b/run-20240101-000000: keep-last 1 (1 of 1); keep-within 2d',
      'remove b/run-20250101-000000: not in keep-last 1; not in keep-within 2d',
    ]);
  });

  it('keep-within includes its very edge, and what ended in the future', () => {
    const edge = finished('a', 'run-1', '2026-06-29T12:00:00Z');
    const past = finished('a', 'run-2', '2026-06-29T11:59:59.999Z');
    const future = finished('a', 'run-3', '2027-01-01T00:00:00Z');
    const plan = planPrune([edge, past, future], [rule('keep-within', '24h')], NOW);
    expect(toRemove(plan).map(({ run }) => run.runId)).toEqual(['run-2']);
  });

  it.each(['0', '-1', '1.5', 'ten', '', '1e3', ' 3', '99999999999999999999'])(
    '--keep-last %j is refused',
    (value) => {
      expect(() => rule('keep-last', value)).toThrow(`--keep-last '${value}' is not a whole number`);
    },
  );
});

const anyRun: fc.Arbitrary<FoundRun> = fc
  .record({
    experiment: fc.constantFrom('a', 'b', 'c'),
    runId: fc.integer({ min: 0, max: 60 }).map((n) => `run-${n}`),
    ended: fc.integer({ min: NOW - 400 * 86_400_000, max: NOW + 86_400_000 }),
    live: fc.boolean(),
  })
  .map(({ experiment, runId, ended, live }) =>
    live
      ? { kind: 'protected', experiment, runId, reason: 'live' }
      : { ...finished(experiment, runId, ''), endedMs: ended },
  );
const anyRuns = fc.uniqueArray(anyRun, { selector: ({ experiment, runId }) => `${experiment}/${runId}` });
const anyRules = fc
  .record({
    last: fc.option(fc.integer({ min: 1, max: 12 })),
    days: fc.option(fc.integer({ min: 1, max: 400 })),
  })
  .filter(({ last, days }) => last !== null || days !== null);

describe('for all runs and rules', () => {
  it('prune never removes what a rule keeps, never a protected run, and decides on each run once', () => {
    fc.assert(
      fc.property(anyRuns, anyRules, (runs, { last, days }) => {
        const chosen = [
          ...(last === null ? [] : [rule('keep-last', String(last))]),
          ...(days === null ? [] : [rule('keep-within', `${days}d`)]),
        ];
        const plan = planPrune(runs, chosen, NOW);
        expect(new Set(plan.decisions.map(({ run }) => run))).toEqual(new Set(runs));
        expect(plan.decisions).toHaveLength(runs.length);
        for (const { run, reasons } of plan.decisions)
          expect([run.runId, reasons.length > 0]).toEqual([run.runId, true]);
        const removed = toRemove(plan).map(({ run }) => run);
        for (const { experiment, runId, kind, endedMs } of removed) {
          expect(kind).toBe('finished');
          // stated anew, without the code under test
          const newer = runs.filter(
            (run) =>
              run.kind === 'finished' &&
              run.experiment === experiment &&
              run.runId !== runId &&
              run.endedMs >= endedMs,
          );
          if (last !== null) expect(newer.length).toBeGreaterThanOrEqual(last);
          if (days !== null) expect(NOW - endedMs).toBeGreaterThan((days - 1) * 86_400_000);
        }
      }),
    );
  });

  it('does not depend on the order the runs were found in', () => {
    fc.assert(
      fc.property(anyRuns, fc.integer({ min: 1, max: 5 }), (runs, last) => {
        const chosen = [rule('keep-last', String(last))];
        expect(planPrune(runs.toReversed(), chosen, NOW)).toEqual(planPrune(runs, chosen, NOW));
      }),
    );
  });
});
