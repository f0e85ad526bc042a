import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameOf, type FoundRun } from '../../src/catalog/run-entry.js';
import { NO_MARKS, type Marks } from '../../src/catalog/marks.js';
import { toRemove, type PlanFacts } from '../../src/prune/plan.js';
import type { PolicySettings } from '../../src/prune/policy-schema.js';
import { tries } from '../faults/runs.js';
import { DAY, finished, NOW, planFor } from './runs.js';

const RUNS = tries(10_000, 1000);

const anyMarks: fc.Arbitrary<Marks> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(NO_MARKS) },
  fc.record({
    pinned: fc.boolean(),
    tags: fc.subarray(['paper', 'important', 'x']),
    verdict: fc.constantFrom(null, 'accepted' as const, 'rejected' as const),
    ingested: fc.boolean(),
  }),
);

const anyRun: fc.Arbitrary<FoundRun> = fc
  .record({
    experiment: fc.constantFrom('a', 'b', 'c'),
    runId: fc.integer({ min: 0, max: 60 }).map((n) => `run-${n}`),
    // clustered, so that periods hold several
    ended: fc.integer({ min: -2000, max: 30 }).map((days) => NOW + (days / 4) * DAY),
    kind: fc.constantFrom(
      'finished',
      'finished',
      'finished',
      'finished',
      'unfinished',
      'live',
      'maybe',
      'strange',
    ),
    bytes: fc.integer({ min: 0, max: 100 }),
    marks: anyMarks,
  })
  .map(({ experiment, runId, ended, kind, bytes, marks }): FoundRun => {
    if (kind === 'finished') return { ...finished(experiment, runId, '', { bytes, marks }), endedMs: ended };
    const common = { experiment, runId, reason: kind, bytes, marks };
    if (kind === 'strange') return { ...common, kind };
    if (kind === 'unfinished') return { ...common, kind, touchedMs: ended };
    return {
      ...common,
      kind: 'held',
      hasManifest: bytes % 2 === 0,
      liveness: kind === 'live' ? 'running' : 'unknown',
      touchedMs: ended,
    };
  });
const anyRuns = fc.uniqueArray(anyRun, { selector: nameOf, maxLength: 40 });

const count = fc.oneof(fc.integer({ min: 1, max: 12 }).map(String), fc.constant('all'));
const span = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.constantFrom('h', 'd', 'w', 'mo', 'y'))
  .map((parts) => parts.join(''));
const keepRules = {
  keep_last: count,
  keep_hourly: count,
  keep_daily: count,
  keep_weekly: count,
  keep_monthly: count,
  keep_yearly: count,
  keep_within: span,
  keep_tag: fc.constantFrom('paper', 'x', 'nobody'),
};
const others = {
  group_by: fc.constantFrom('experiment' as const, 'none' as const, 'config' as const),
  min_age: span,
  stale_after: span,
  archive: fc.constant('/archive'),
};
const limits = {
  max_size: fc.integer({ min: 0, max: 2000 }).map((n) => `${n}B`),
  keep_free: fc.integer({ min: 0, max: 100 }).map((n) => `${n}%`),
};
const anyKeepPolicy: fc.Arbitrary<PolicySettings> = fc
  .record({ ...keepRules, ...others }, { requiredKeys: [] })
  .filter((settings) => Object.keys(settings).some((key) => key.startsWith('keep_')));
const anyPolicy: fc.Arbitrary<PolicySettings> = fc
  .tuple(fc.record({ ...keepRules, ...others, ...limits }, { requiredKeys: [] }), fc.boolean())
  .filter(([settings]) => Object.keys(settings).some((key) => key.startsWith('keep_') || key === 'max_size'))
  .map(([settings, force]) => {
    const hasLimit = 'max_size' in settings || 'keep_free' in settings;
    return force && hasLimit ? { ...settings, force_size: true } : settings;
  });

const factsOf = (runs: readonly FoundRun[]): Partial<PlanFacts> => {
  const past = runs.filter((run) => run.kind === 'finished' && run.endedMs <= NOW);
  // any of each experiment will do
  const lastSound = new Set([...new Map(past.map((run) => [run.experiment, nameOf(run)])).values()]);
  return { nowMs: NOW, runs, lastSound, disk: { total: 2000, free: 300 } };
};
const removedBy = (settings: PolicySettings, runs: readonly FoundRun[]): string[] =>
  toRemove(planFor(settings, factsOf(runs))).map(({ run }) => nameOf(run));

describe('for all histories and policies', () => {
  it('keep and remove are disjoint and complete, each with a reason', () => {
    fc.assert(
      fc.property(anyRuns, anyPolicy, (runs, settings) => {
        const { decisions } = planFor(settings, factsOf(runs));
        expect(decisions.map(({ run }) => nameOf(run)).sort()).toEqual(runs.map(nameOf).sort());
        for (const { reasons } of decisions) expect(reasons.length).toBeGreaterThan(0);
      }),
      { numRuns: RUNS },
    );
  });

  it('what must never go does not', () => {
    fc.assert(
      fc.property(anyRuns, anyPolicy, (runs, settings) => {
        const { lastSound } = factsOf(runs);
        for (const { run } of toRemove(planFor(settings, factsOf(runs)))) {
          // stated anew, without the code under test
          expect(run.marks).toMatchObject({ pinned: false, tags: [] });
          expect(run.kind).not.toBe('strange');
          expect(run.kind === 'held' && (run.liveness === 'running' || run.hasManifest)).toBe(false);
          expect(lastSound!.has(nameOf(run))).toBe(false);
          if (run.kind === 'finished') expect(run.endedMs).toBeLessThanOrEqual(NOW);
          else expect(settings.stale_after).toBeDefined();
          const days = /^(\d+)d$/.exec(String(settings.min_age))?.[1];
          if (run.kind === 'finished' && days !== undefined) {
            expect(NOW - run.endedMs).toBeGreaterThanOrEqual(Number(days) * DAY);
          }
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('one more keep rule never lets more go', () => {
    fc.assert(
      fc.property(
        anyRuns,
        anyKeepPolicy,
        fc.record(keepRules, { requiredKeys: [] }),
        (runs, settings, more) => {
          const before = removedBy(settings, runs);
          const after = removedBy({ ...more, ...settings }, runs);
          expect(before).toEqual(expect.arrayContaining(after));
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('a keep rule holds against a limit of space', () => {
    fc.assert(
      fc.property(
        anyRuns,
        anyKeepPolicy,
        fc.record(limits, { requiredKeys: ['max_size'] }),
        (runs, settings, limit) => {
          const unheld = removedBy(settings, runs);
          const { keep_free: _, ...plain } = limit;
          expect(unheld).toEqual(expect.arrayContaining(removedBy({ ...settings, ...plain }, runs)));
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('doing it twice does no more than doing it once', () => {
    fc.assert(
      fc.property(anyRuns, anyKeepPolicy, (runs, settings) => {
        const gone = new Set(removedBy(settings, runs));
        const left = runs.filter((run) => !gone.has(nameOf(run)));
        const facts = { ...factsOf(runs), runs: left };
        expect(toRemove(planFor(settings, facts))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it('the order of what is found does not matter', () => {
    fc.assert(
      fc.property(anyRuns, anyPolicy, fc.nat(), (runs, settings, by) => {
        const at = runs.length === 0 ? 0 : by % runs.length;
        const turned = [...runs.slice(at), ...runs.slice(0, at)].reverse();
        const facts = factsOf(runs);
        expect(planFor(settings, { ...facts, runs: turned })).toEqual(planFor(settings, facts));
      }),
      { numRuns: RUNS },
    );
  });
});
