import { describe, expect, it } from 'vitest';
import { formatBytes, formatCount, plural, printable } from '../../src/cli/ui.js';

describe('what people read', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [1234567.6, '1,234,568'],
  ])('%d is %s', (count, text) => {
    expect(formatCount(count)).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [123_456_789, '123.5 MB'],
    [5e15, '5000.0 TB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('shows control characters instead of sending them to the terminal', () => {
    expect(printable('a\nb\u001b[31m\u007f\u009bc é ✓')).toBe('a\\nb\\u001b[31m\\u007f\\u009bc é ✓');
    expect(printable('a\u202eb\u2028')).toBe('a\\u202eb\\u2028');
  });

  it('counts nouns', () => {
    expect([plural(1, 'episode'), plural(2, 'step'), plural(0, 'step')]).toEqual([
      '1 episode',
      '2 steps',
      '0 steps',
    ]);
  });
});
