import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatEpisodeId,
  formatRunId,
  isSafeComponent,
  parseEpisodeId,
  requireSafeComponent,
  runIdEpochMs,
} from '../../src/core/ids.js';

describe('names that become directories', () => {
  it.each(['demo', 'batch-20231106', 'a', '_x', 'A.b-c_9', 'x'.repeat(128)])('takes %s', (name) => {
    expect(isSafeComponent(name)).toBe(true);
  });

  it.each([
    '',
    '.',
    '..',
    '../x',
    'a/b',
    'a\\b',
    '.hidden',
    '-rf',
    'x'.repeat(129),
    'naïve',
    'a b',
    'a\n',
    'a\0',
  ])('refuses %j', (name) => {
    expect(isSafeComponent(name)).toBe(false);
    expect(() => requireSafeComponent('experiment', name)).toThrow(
      `experiment '${name}' is not a valid name`,
    );
  });
});

describe('run ids', () => {
  it('are named after the UTC second, further attempts numbered', () => {
    const at = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
    expect(formatRunId(at)).toBe('run-20260102-030405');
    expect(formatRunId(at, 3)).toBe('run-20260102-030405-3');
  });

  it('state their start', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4102444800 }),
        fc.integer({ min: 1, max: 9 }),
        (second, attempt) => {
          expect(runIdEpochMs(formatRunId(second * 1000, attempt))).toBe(second * 1000);
        },
      ),
    );
  });

  it.each(['run-20261301-000000', 'run-20260230-000000', 'run-20260102-030460', 'run-2026', 'demo'])(
    '%s states none',
    (id) => {
      expect(runIdEpochMs(id)).toBeNull();
    },
  );
});

describe('episode ids', () => {
  it('count from 1 and grow past six digits', () => {
    expect(formatEpisodeId(1)).toBe('ep-000001');
    expect(formatEpisodeId(1234567)).toBe('ep-1234567');
  });

  it('read back as their number', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e9 }), (n) => parseEpisodeId(formatEpisodeId(n)) === n));
  });

  it.each(['ep-000000', 'ep-1', 'ep-0000001', 'episode-1', 'ep-00000a'])('%s is none', (id) => {
    expect(parseEpisodeId(id)).toBeNull();
  });
});
