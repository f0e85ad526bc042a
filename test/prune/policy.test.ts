import { describe, expect, it } from 'vitest';
import type { PolicySettings } from '../../src/prune/policy-schema.js';
import { policy } from './runs.js';

describe('a policy is refused', () => {
  it.each<[string, PolicySettings, string]>([
    ['that says nothing', {}, 'no rule says what to keep'],
    ['that only protects', { min_age: '1d', keep_trash: '7d' }, 'no rule says what to keep'],
    ['of no runs', { keep_last: '0' }, "--keep-last '0' is not a whole number from 1 on"],
    ['of a part of a run', { keep_daily: '1.5' }, "--keep-daily '1.5'"],
    ['of too many runs', { keep_last: '9'.repeat(20) }, '--keep-last'],
    ['with a bad span', { keep_within: '5' }, "--keep-within '5' is not a time span"],
    // which is a property of every object
    ['with an unknown unit', { keep_last: 1, min_age: '5constructor' }, "unknown unit 'constructor'"],
    ['with a bad size', { max_size: '5' }, "--max-size '5' is not a size"],
    ['with a bad share', { keep_free: '120%' }, "--keep-free '120%' is not a size"],
    ['with a bad tag', { keep_tag: ['a/b'] }, "'a/b' is not a valid tag"],
    [
      'with a bad archive tag',
      { keep_last: 1, archive: 'x', archive_tag: ['../x'] },
      "'../x' is not a valid tag",
    ],
    ['with a bad most', { keep_last: 1, max_delete: 'ten' }, "--max-delete 'ten'"],
    ['with a share over all', { keep_last: 1, max_delete: '101%' }, "--max-delete '101%'"],
    [
      'with tags and no archive',
      { keep_last: 1, archive_tag: ['a'] },
      '--archive-tag says nothing without --archive',
    ],
    [
      'with a dataset nobody asks',
      { keep_last: 1, dataset: 'd' },
      '--dataset says nothing without --require-ingested',
    ],
    ['with logs and no limit', { runtime_logs: 'x' }, '--runtime-logs has no limit'],
    ['with a limit and no logs', { keep_last: 1, logs_max_age: '1d' }, '--logs-max-age says nothing without'],
    [
      'with force and no limit',
      { keep_last: 1, force_size: true },
      '--force-size says nothing without a limit',
    ],
    ['with an empty archive', { keep_last: 1, archive: '' }, '--archive is empty'],
    ['with an empty dataset', { keep_last: 1, require_ingested: true, dataset: '' }, '--dataset is empty'],
  ])('%s', (_what, settings, message) => {
    expect(() => policy(settings)).toThrow(
      expect.objectContaining({
        kind: 'usage',
        message: expect.stringContaining(message),
        hint: expect.stringMatching(/./),
      }),
    );
  });
});

it.each([
  ['10', 1000, 10],
  ['0', 1000, 0],
  ['10%', 19, 1],
  ['0%', 1000, 0],
  ['58%', 50, 29],
  ['100%', 7, 7],
])('--max-delete %s of %i runs is %i', (text, runs, most) => {
  expect(policy({ keep_last: 1, max_delete: text }).maxDelete!.most(runs)).toBe(most);
});
