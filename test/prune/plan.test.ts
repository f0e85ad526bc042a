import { describe, expect, it } from 'vitest';
import type { FoundRun, UnfinishedRun } from '../../src/catalog/run-entry.js';
import { NO_MARKS } from '../../src/catalog/marks.js';
import type { PolicySettings } from '../../src/prune/policy-schema.js';
import type { PlanFacts } from '../../src/prune/plan.js';
import type { TrashEntry } from '../../src/prune/trash.js';
import { finished, lines, planFor } from './runs.js';

const unfinished = (runId: string, touched: string): UnfinishedRun => ({
  kind: 'unfinished',
  experiment: 'a',
  runId,
  reason: 'not finished',
  touchedMs: Date.parse(touched),
  bytes: 5,
  marks: NO_MARKS,
});
const held = (runId: string, liveness: 'running' | 'unknown', touched: string): FoundRun => ({
  ...unfinished(runId, touched),
  kind: 'held',
  liveness,
  hasManifest: false,
  reason: liveness === 'running' ? 'live' : 'may be live',
});

const RUNS: FoundRun[] = [
  finished('a', 'run-20260101-000000', '2026-01-01T01:00:00Z'),
  finished('a', 'run-20260601-000000', '2026-06-01T01:00:00Z'),
  finished('a', 'run-20260629-000000', '2026-06-29T01:00:00Z'),
  finished('a', 'run-20260629-000000-2', '2026-06-29T01:00:00Z'),
  finished('a', 'run-20260629-000000-10', '2026-06-29T01:00:00Z'),
  held('run-20260630-000000', 'running', '2026-06-30T11:59:59Z'),
  finished('b', 'run-20250101-000000', '2025-01-01T01:00:00Z'),
  // ended later than one that started after it
  finished('b', 'run-20240101-000000', '2026-06-30T11:00:00Z'),
];
const of = (settings: PolicySettings, runs = RUNS, facts: Partial<PlanFacts> = {}): string[] =>
  lines(planFor(settings, { runs, ...facts }));

describe('what the rules keep', () => {
  it('keep-last 2: of each experiment, the later id first when two ended together', () => {
    expect(of({ keep_last: '2' })).toEqual([
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

  it('keep-last 2 of all experiments together', () => {
    expect(of({ keep_last: 2, group_by: 'none' }).filter((line) => line.includes('keep-last 2 ('))).toEqual([
      'keep a/run-20260629-000000-10: keep-last 2 (2 of 2)',
      'keep b/run-20240101-000000: keep-last 2 (1 of 2)',
    ]);
  });

  it('keep-last 1 of each configuration', () => {
    const runs = ['x', 'y', 'x'].map((configHash, i) => ({
      ...finished('a', `run-${i}`, `2026-06-0${i + 1}T00:00:00Z`),
      configHash,
    }));
    expect(of({ keep_last: 1, group_by: 'config' }, runs)).toEqual([
      'keep a/run-2: keep-last 1 (1 of 1)',
      'keep a/run-1: keep-last 1 (1 of 1)',
      'remove a/run-0: not in keep-last 1',
    ]);
  });

  it('keep-within 30d: by when a run ended, from now on', () => {
    expect(of({ keep_within: '30d' })).toEqual([
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

  it('several: a run stays if any keeps it', () => {
    expect(of({ keep_last: '1', keep_within: '2d', keep_monthly: 'all' })).toEqual([
      'keep a/run-20260629-000000-10: keep-last 1 (1 of 1); keep-monthly all (2026-06); keep-within 2d',
      'keep a/run-20260629-000000-2: keep-within 2d',
      'keep a/run-20260629-000000: keep-within 2d',
      'remove a/run-20260601-000000: not in keep-last 1; not in keep-monthly all; not in keep-within 2d',
      'keep a/run-20260101-000000: keep-monthly all (2026-01)',
      'keep a/run-20260630-000000: live',
      'keep b/run-20240101-000000: keep-last 1 (1 of 1); keep-monthly all (2026-06); keep-within 2d',
      'keep b/run-20250101-000000: keep-monthly all (2025-01)',
    ]);
  });

  it('keep-within includes its very edge', () => {
    const edge = finished('a', 'run-1', '2026-06-29T12:00:00Z');
    const past = finished('a', 'run-2', '2026-06-29T11:59:59.999Z');
    expect(of({ keep_within: '24h' }, [edge, past])).toEqual([
      'keep a/run-1: keep-within 24h',
      'remove a/run-2: not in keep-within 24h',
    ]);
  });
});

describe('what never goes', () => {
  const old = '2020-01-01T00:00:00Z';

  it('pinned and tagged runs, the last valid one, what is not ingested, what is too young', () => {
    const runs = [
      finished('a', 'run-1', '2026-06-30T11:00:00Z'),
      finished('a', 'run-2', '2026-01-01T00:00:00Z'),
      finished('a', 'run-3', old, { marks: { pinned: true } }),
      finished('a', 'run-4', old, { marks: { tags: ['paper', 'x'] } }),
      finished('a', 'run-5', old),
      finished('a', 'run-6', old),
      finished('a', 'run-7', old),
    ];
    const facts = {
      lastSound: new Set(['a/run-5']),
      notIngested: new Map([['a/run-6', 'not ingested yet']]),
    };
    expect(of({ keep_within: '1s', min_age: '2h', require_ingested: true }, runs, facts)).toEqual([
      'keep a/run-1: min-age 2h',
      'remove a/run-2: not in keep-within 1s',
      'remove a/run-7: not in keep-within 1s',
      'keep a/run-6: not ingested yet',
      'keep a/run-5: the last valid run of its experiment',
      'keep a/run-4: tagged paper; tagged x',
      'keep a/run-3: pinned',
    ]);
  });

  it('a run dated in the future, which takes no place either', () => {
    const runs = [
      finished('a', 'run-1', '2026-07-01T00:00:00Z'),
      finished('a', 'run-2', '2026-06-01T00:00:00Z'),
      finished('a', 'run-3', '2026-05-01T00:00:00Z'),
    ];
    expect(of({ keep_last: 1 }, runs)).toEqual([
      'keep a/run-1: dated in the future, 2026-07-01T00:00:00.000Z',
      'keep a/run-2: keep-last 1 (1 of 1)',
      'remove a/run-3: not in keep-last 1',
    ]);
  });

  it('an unfinished or held run, unless it is stale; a live one in any case', () => {
    const runs = [
      unfinished('run-1', old),
      unfinished('run-2', '2026-06-30T00:00:00Z'),
      { ...unfinished('run-3', old), marks: { ...NO_MARKS, pinned: true } },
      held('run-4', 'running', old),
      held('run-5', 'unknown', old),
      { ...held('run-6', 'unknown', '2026-06-30T00:00:00Z') },
      {
        kind: 'strange',
        experiment: 'a',
        runId: 'run-7',
        reason: 'torn',
        bytes: 0,
        marks: NO_MARKS,
      } as const,
    ];
    expect(of({ keep_last: 1 }, runs)).toEqual([
      'keep a/run-7: torn',
      'keep a/run-6: may be live',
      'keep a/run-5: may be live',
      'keep a/run-4: live',
      'keep a/run-3: not finished; pinned',
      'keep a/run-2: not finished',
      'keep a/run-1: not finished',
    ]);
    expect(of({ stale_after: '7d' }, runs)).toEqual([
      'keep a/run-7: torn',
      'keep a/run-6: may be live, and not stale-after 7d yet',
      'remove a/run-5: may be live, and stale-after 7d',
      'keep a/run-4: live',
      'keep a/run-3: pinned',
      'keep a/run-2: not finished, and not stale-after 7d yet',
      'remove a/run-1: not finished, and stale-after 7d',
    ]);
  });

  it('a finished run, when the policy is about unfinished ones only', () => {
    expect(of({ stale_after: '7d' }, [finished('a', 'run-1', old)])).toEqual([
      'keep a/run-1: no rule is about finished runs',
    ]);
  });
});

describe('limits of space', () => {
  const sized = (count: number): FoundRun[] =>
    Array.from({ length: count }, (_, i) =>
      finished(i % 2 === 0 ? 'a' : 'b', `run-${i}`, `2026-06-${String(i + 1).padStart(2, '0')}T00:00:00Z`, {
        bytes: 100,
      }),
    );

  it('take the oldest of all experiments, and no more than they need', () => {
    expect(of({ max_size: '250B' }, sized(4))).toEqual([
      'keep a/run-2: within max-size 250B',
      'remove a/run-0: oldest first for max-size 250B',
      'keep b/run-3: within max-size 250B',
      'remove b/run-1: oldest first for max-size 250B',
    ]);
    expect(of({ max_size: '400B' }, sized(4)).every((line) => line.startsWith('keep'))).toBe(true);
  });

  it('keep-free counts from what the disk has', () => {
    const facts = { disk: { total: 1000, free: 150 } };
    expect(of({ keep_free: '20%' }, sized(3), facts).filter((line) => line.startsWith('remove'))).toEqual([
      'remove a/run-0: oldest first for keep-free 20%',
    ]);
    expect(
      of({ keep_free: '351B' }, sized(3), facts).filter((line) => line.startsWith('remove')),
    ).toHaveLength(3);
  });

  it('lose against a rule that keeps, and say what is missing, unless they are forced', () => {
    const plan = planFor({ max_size: '100B', keep_last: 1 }, { runs: sized(4) });
    expect(lines(plan)).toEqual([
      'keep a/run-2: keep-last 1 (1 of 1)',
      'remove a/run-0: oldest first for max-size 100B; not in keep-last 1',
      'keep b/run-3: keep-last 1 (1 of 1)',
      'remove b/run-1: oldest first for max-size 100B; not in keep-last 1',
    ]);
    expect(plan.shortfall).toEqual({ limit: 'max-size 100B', bytes: 100 });
    const forced = planFor(
      { max_size: '100B', keep_last: 1, force_size: true },
      { runs: sized(4), lastSound: new Set(['b/run-3']) },
    );
    expect(lines(forced)[0]).toBe(
      'remove a/run-2: oldest first for max-size 100B; forced over keep-last 1 (1 of 1)',
    );
    expect(forced.shortfall).toBeNull();
  });

  it('never force what never goes', () => {
    const runs = [finished('a', 'run-1', '2026-01-01T00:00:00Z', { bytes: 100, marks: { pinned: true } })];
    const plan = planFor({ max_size: '1B', force_size: true }, { runs });
    expect(lines(plan)).toEqual(['keep a/run-1: pinned']);
    expect(plan.shortfall).toEqual({ limit: 'max-size 1B', bytes: 99 });
  });

  it('empty the trash before a run is touched, the oldest first', () => {
    const entry = (id: string, deleted: string): TrashEntry => ({
      id,
      experiment: 'a',
      runId: id,
      deletedMs: Date.parse(deleted),
      keepUntilMs: Date.parse('2027-01-01T00:00:00Z'),
      bytes: 100,
      reasons: [],
    });
    const trash = [entry('new', '2026-06-20T00:00:00Z'), entry('old', '2026-06-10T00:00:00Z')];
    const plan = planFor({ max_size: '350B' }, { runs: sized(2), trash });
    expect(plan.emptied.map(({ id }) => id)).toEqual(['old']);
    expect(lines(plan).every((line) => line.startsWith('keep'))).toBe(true);
    const more = planFor({ max_size: '100B' }, { runs: sized(2), trash });
    expect(more.emptied.map(({ id }) => id)).toEqual(['old', 'new']);
    expect(lines(more).filter((line) => line.startsWith('remove'))).toHaveLength(1);
  });
});

describe('the archive', () => {
  const runs = [
    finished('a', 'run-1', '2026-01-01T00:00:00Z', { marks: { tags: ['important'] } }),
    finished('a', 'run-2', '2026-01-01T00:00:00Z', { marks: { tags: ['important', 'paper'] } }),
    finished('a', 'run-3', '2026-01-01T00:00:00Z'),
  ];

  it('gets what would be removed, or only what a tag says', () => {
    expect(of({ keep_within: '1d', archive: '/archive' }, runs)).toEqual([
      'archive a/run-3: not in keep-within 1d',
      'keep a/run-2: tagged important; tagged paper',
      'keep a/run-1: tagged important',
    ]);
    expect(of({ keep_within: '1d', archive: '/archive', archive_tag: 'important' }, runs)).toEqual([
      'remove a/run-3: not in keep-within 1d',
      'keep a/run-2: tagged important; tagged paper',
      'archive a/run-1: not in keep-within 1d',
    ]);
  });
});
