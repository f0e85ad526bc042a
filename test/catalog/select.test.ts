import { describe, expect, it } from 'vitest';
import { parseFilter, parseSort } from '../../src/catalog/select.js';
import type { FoundRun } from '../../src/catalog/run-entry.js';
import { NO_MARKS } from '../../src/catalog/marks.js';
import { finished } from '../prune/runs.js';

const unfinished: FoundRun = {
  kind: 'unfinished',
  experiment: 'demo',
  runId: 'killed',
  reason: 'not finished',
  touchedMs: 0,
  bytes: 7,
  marks: NO_MARKS,
};
const runs: FoundRun[] = [
  finished('demo', 'run-9', '2026-01-01T00:00:00Z', { bytes: 5 }),
  finished('demo', 'run-10', '2026-01-02T00:00:00Z', { bytes: 2_000_000, marks: { tags: ['paper'] } }),
  finished('other', 'a', '2026-01-03T00:00:00Z', { bytes: 5, marks: { pinned: true, verdict: 'rejected' } }),
  unfinished,
];
const names = (chosen: readonly FoundRun[]): string[] => chosen.map(({ runId }) => runId);

describe('a filter', () => {
  it.each([
    ['state=pending', ['run-9', 'run-10']],
    ['state!=pending', ['a', 'killed']],
    ['state=rejected', ['a']],
    ['experiment=other', ['a']],
    ['run=demo/run-9', ['run-9']],
    ['tag=paper', ['run-10']],
    ['tag!=paper', ['run-9', 'a', 'killed']],
    ['pinned=true', ['a']],
    ['bytes>=2MB', ['run-10']],
    ['bytes<6', ['run-9', 'a']],
    ['ended>2026-01-01', ['run-10', 'a']],
    ['ended>=2026-01-01', ['run-9', 'run-10', 'a']],
    ['ended<2026-01-02T00:00:00Z', ['run-9']],
    ['ended<2026-01-02T00:00', ['run-9']],
    ['ended<2026-01-02T01:00+01:00', ['run-9']],
    ['ended<=2026-01', ['run-9']],
    ['steps=1', ['run-9', 'run-10', 'a']],
    // a run that does not say is neither
    ['steps!=1', []],
  ])('%s', (text, expected) => {
    expect(names(runs.filter(parseFilter(text)))).toEqual(expected);
  });

  it.each([
    ['', 'is no comparison'],
    ['state', 'is no comparison'],
    ['state=', 'is no comparison'],
    ['=x', 'is no comparison'],
    ['stat=pending', "unknown field 'stat'"],
    ['constructor=x', "unknown field 'constructor'"],
    ['state=pendig', "unknown value 'pendig'"],
    ['status=done', "unknown value 'done'"],
    ['pinned=yes', "unknown value 'yes'"],
    ['bytes>5XB', "'5XB' is not a size"],
    ['steps>many', "steps 'many' is not a number"],
    ['ended>yesterday', "'yesterday' is not a date"],
    // which Date.parse takes for the year 2001
    ['ended>5', "'5' is not a date"],
    ['ended>after 3', "'after 3' is not a date"],
    ['ended>2026-13-01', "'2026-13-01' is not a date"],
    ['ended>2026-02-31', "'2026-02-31' is not a date"],
    // which would otherwise mean !=
    ['tag>paper', 'not less or more'],
    ['state<=pending', 'not less or more'],
  ])("'%s' is refused", (text, message) => {
    expect(() => parseFilter(text)).toThrow(
      expect.objectContaining({ kind: 'usage', message: expect.stringContaining(message) }),
    );
  });

  it('a misspelt field says what was meant', () => {
    expect(() => parseFilter('stat=pending')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('state') }),
    );
  });
});

describe('an order', () => {
  it.each([
    ['ended', ['run-9', 'run-10', 'a', 'killed']],
    // what does not say comes last, whichever way
    ['-ended', ['a', 'run-10', 'run-9', 'killed']],
    ['bytes', ['run-9', 'a', 'killed', 'run-10']],
    ['state', ['run-10', 'run-9', 'a', 'killed']],
  ])('by %s', (text, expected) => {
    expect(names([...runs].reverse().sort(parseSort(text)))).toEqual(expected);
  });

  it.each(['', '-', 'tag', 'size', '__proto__'])("'%s' is refused", (text) => {
    expect(() => parseSort(text)).toThrow(
      expect.objectContaining({ kind: 'usage', message: expect.stringContaining('--sort: unknown field') }),
    );
  });
});
