import { describe, expect, it } from 'vitest';
import { parseByteSize, parsePercent } from '../../src/core/byte-size.js';

describe('parseByteSize', () => {
  it.each([
    ['0B', 0],
    ['200GB', 200e9],
    ['1.5TB', 1.5e12],
    ['512 MiB', 512 * 2 ** 20],
    ['1kB', 1000],
    ['1KB', 1000],
    ['0.5KiB', 512],
    ['0.0001kB', 0],
  ])('%s', (text, bytes) => {
    expect(parseByteSize('--max-size', text)).toBe(bytes);
  });

  it.each([
    ...[
      '',
      '5',
      'GB',
      '5gb',
      '-5GB',
      '+5GB',
      '1e3GB',
      '5 GB ',
      '5  GB',
      '1,5GB',
      '.5GB',
      'NaNGB',
      'InfinityB',
    ],
    ...['1constructor', '1toString', '9999999999TB'],
  ])("'%s' is refused, with what it was for and the way out", (text) => {
    expect(() => parseByteSize('--max-size', text)).toThrow(
      expect.objectContaining({
        kind: 'usage',
        message: `--max-size '${text}' is not a size`,
        hint: expect.stringContaining('200GB'),
      }),
    );
  });
});

describe('parsePercent', () => {
  it.each([
    ['20%', 0.2],
    ['0%', 0],
    ['100%', 1],
    ['12.5%', 0.125],
  ])('%s', (text, share) => {
    expect(parsePercent(text)).toBeCloseTo(share, 12);
  });

  it.each(['', '%', '20', '101%', '-1%', '20 %', '20%%', '1e1%', 'all%'])("'%s' is none", (text) => {
    expect(parsePercent(text)).toBeNull();
  });
});
