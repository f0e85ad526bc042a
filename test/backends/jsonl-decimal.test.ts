import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestDouble } from '../../src/backends/jsonl/decimal.js';

describe('decimal text to double', () => {
  it('is Number(text), or refuses', () => {
    const digits = fc.tuple(
      fc.integer({ min: 0, max: 999_999_999 }),
      fc.integer({ min: 0, max: 999_999_999 }),
      fc.integer({ min: 0, max: 9 }),
      fc.integer({ min: -80, max: 40 }),
    );
    let refused = 0;
    fc.assert(
      fc.property(digits, ([high, low, lowDigits, power]) => {
        const lowText = lowDigits === 0 ? '' : String(low % 10 ** lowDigits).padStart(lowDigits, '0');
        const value = nearestDouble(high, Number(lowText), lowDigits, power);
        if (Number.isNaN(value)) refused++;
        else expect(value).toBe(Number(`${high}${lowText}e${power}`));
      }),
      { numRuns: 20_000 },
    );
    expect(refused).toBeLessThan(12_000);
  });

  it('is right for doubles as they are printed, and next to halfway cases', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-40, max: 1e15, noNaN: true }), (value) => {
        for (const digits of [15, 16, 17, 18]) {
          const [mantissa, exponent] = value.toExponential(digits - 1).split('e') as [string, string];
          const text = mantissa.replace('.', '');
          const high = Number(text.slice(0, 9));
          const power = Number(exponent) - (digits - 1);
          const got = nearestDouble(high, Number(text.slice(9)), digits - 9, power);
          if (!Number.isNaN(got)) expect(got).toBe(Number(`${text}e${power}`));
        }
      }),
      { numRuns: 5000 },
    );
  });
});
