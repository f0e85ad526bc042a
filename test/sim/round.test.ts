import fc from 'fast-check';
import { expect, it } from 'vitest';
import { roundHalfEven } from '../../src/sim/round.js';

it.each([
  [0.5, 0],
  [1.5, 2],
  [2.5, 2],
  [3.5, 4],
  [-0.5, 0],
  [-1.5, -2],
  [-2.5, -2],
  [0.49999999999999994, 0],
  [2.5000000000000004, 3],
  [7, 7],
])('%d -> %d, as numpy.round', (value, expected) => {
  expect(roundHalfEven(value)).toBe(expected);
});

it('is an integer at most half away, an even one at exactly half', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), (value) => {
      const rounded = roundHalfEven(value);
      const distance = Math.abs(rounded - value);
      expect(Number.isInteger(rounded) && distance <= 0.5).toBe(true);
      if (distance === 0.5) expect(Math.abs(rounded % 2)).toBe(0);
    }),
  );
});
