import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { table } from '../../src/cli/table.js';

const HEADER = ['job', 'policy', 'run'];
const ROWS = [
  ['1', 'surge_and_cast', 'run-20260101-000000'],
  ['12', 'random', '-'],
];
const toTheRight = (name: string): boolean => name === 'job';

describe('a table', () => {
  it('is as wide as what stands in it', () => {
    expect(table(HEADER, ROWS, { toTheRight, width: null })).toBe(
      'job  policy          run\n  1  surge_and_cast  run-20260101-000000\n 12  random          -\n',
    );
  });

  it('is cut where it is widest to fit a terminal, numbers are not', () => {
    expect(table(HEADER, ROWS, { toTheRight, width: 33 })).toBe(
      'job  policy         run\n  1  surge_and_ca…  run-20260101…\n 12  random         -\n',
    );
  });

  it('fits every terminal that has room for six characters a column', () => {
    const cell = fc.string({ minLength: 1, maxLength: 60 }).map((text) => text.replaceAll(/\s/g, '_'));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(999).map(String), cell, cell), { minLength: 1 }),
        fc.integer({ min: 3 + 2 * (2 + 6), max: 150 }),
        (rows, width) => {
          const lines = table(HEADER, rows, { toTheRight, width }).split('\n');
          expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
          for (const [index, [number]] of rows.entries()) {
            expect(lines[index + 1]!.trimStart().startsWith(`${number}  `)).toBe(true);
          }
        },
      ),
    );
  });
});
