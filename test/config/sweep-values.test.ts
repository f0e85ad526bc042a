import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigSource } from '../../src/config/source.js';
import { expandSweep } from '../../src/config/sweep/expand.js';
import { globNames } from '../../src/config/sweep/glob.js';
import { rangeValues } from '../../src/config/sweep/range.js';
import { shuffled } from '../../src/config/sweep/shuffle.js';

const packed = ConfigSource.open(null);
/** The texts of the values that one sweep has. */
const texts = (value: string): string[] =>
  expandSweep([`x=${value}`], packed).map(({ swept: [pair] }) => pair![1]);

it.each<[string, string]>([
  ['1, 2', '1 2'],
  ['a b,\'c\',"1"', "'a b' c '1'"],
  ['null,TRUE,1_000,1e3', 'null true 1000 1000.0'],
  ['${a.b},[1,{b: c}]', "'${a.b}' [1,{b:c}]"],
  ['choice(a,1.0)', 'a 1.0'],
  ['range(3)', '0 1 2'],
  ['range(stop=1,start=4,step=-2)', '4 2'],
  ['range(0,1,0.25)', '0.0 0.25 0.5 0.75'],
  ['range(0,1,0.1)', '0.0 0.1 0.2 0.3 0.4 0.5 0.6 0.7000000000000001 0.8 0.9'],
  ['sort(10,9,true,-1.5)', '-1.5 true 9 10'],
  ['sort(b,a,Z,"é")', "Z a b 'é'"],
  ['sort(choice([2],[1,5],[1]),reverse=true)', '[2] [1,5] [1]'],
  ['sort(range(0,5,2),reverse=true)', '4 2 0'],
  ['sort(range(5,0,-2))', '1 3 5'],
  ['sort(shuffle(2,3,1))', '1 2 3'],
  ['int(1.9,"7")', '1 7'],
  ['int(range(1.5,3.7))', '1 2'],
  ['str(1,[true,2.0])', "'1' ['true','2.0']"],
  ['float(choice(1,2))', '1.0 2.0'],
  ['tag(a,b,choice(1,2))', '1 2'],
  ['shuffle(0,1,2,3,4)', '2 4 3 0 1'],
  ['shuffle(range(5),seed=7)', '2 0 4 1 3'],
  ['int(shuffle(choice(0,1,2,3,4),seed=7))', '2 0 4 1 3'],
])('%s is %s', (value, expected) => {
  expect(texts(value).join(' ')).toBe(expected);
});

describe('range', () => {
  it('of integers has start + i * step before stop', () => {
    const small = fc.bigInt({ min: -60n, max: 60n });
    fc.assert(
      fc.property(
        small,
        small,
        small.filter((n) => n !== 0n),
        (start, stop, step) => {
          const values = [...rangeValues({ start, stop, step })];
          expect(values).toEqual(values.map((_, i) => start + BigInt(i) * step));
          const before = (value: bigint): boolean => (step > 0n ? value < stop : value > stop);
          expect(values.every((value) => before(value as bigint))).toBe(true);
          expect(before(start + BigInt(values.length) * step)).toBe(false);
        },
      ),
    );
  });

  it('of floats that are exact in binary is exact', () => {
    const quarters = fc.integer({ min: -400, max: 400 });
    fc.assert(
      fc.property(quarters, quarters, fc.integer({ min: 1, max: 40 }), (start, stop, step) => {
        const values = [...rangeValues({ start: start / 4, stop: stop / 4, step: step / 4 })];
        expect(values).toHaveLength(Math.max(0, Math.ceil((stop - start) / step)));
        expect(values).toEqual(values.map((_, i) => (start + i * step) / 4));
      }),
    );
  });

  it('sorted is the same values', () => {
    const args = fc.tuple(
      fc.integer({ min: -9, max: 9 }),
      fc.integer({ min: -9, max: 9 }).map((tenths) => tenths / 10),
      fc.constantFrom(-0.7, -0.1, 0.1, 0.3),
    );
    fc.assert(
      fc.property(
        args.filter(([start, stop, step]) => (stop - start) * step > 0),
        ([start, stop, step]) => {
          const range = `range(${start},${stop},${step})`;
          const ascending = texts(range)
            .map(Number)
            .sort((a, b) => a - b);
          expect(texts(`sort(${range})`).map(Number)).toEqual(ascending);
          expect(texts(`sort(${range},reverse=true)`).map(Number)).toEqual(ascending.toReversed());
        },
      ),
    );
  });
});

describe('shuffle', () => {
  it('has the same values in an order of its seed', () => {
    const seed = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(fc.array(fc.integer()), seed, (values, n) => {
        expect(shuffled(values, n)).toEqual(shuffled(values, n));
        expect(shuffled(values, n).sort((a, b) => a - b)).toEqual(values.toSorted((a, b) => a - b));
      }),
    );
  });

  it('depends on the seed, and is that of numpy', () => {
    const ten = [...Array(10).keys()];
    expect(shuffled(ten, 123)).toEqual([7, 4, 0, 2, 1, 5, 6, 8, 3, 9]);
    expect(shuffled(ten, 124)).not.toEqual(shuffled(ten, 123));
  });

  it('gives every order its share', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 6000; seed++) {
      const order = shuffled([1, 2, 3], seed).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

it.each<[string, string[], string[], string[]]>([
  ['everything', ['*'], [], ['a', 'ab', 'b-1', 'a.b', '.c']],
  ['a question mark', ['??'], [], ['ab', '.c']],
  ['several', ['a', 'b*'], [], ['a', 'b-1']],
  ['without some', ['*'], ['a*', '.?'], ['b-1']],
  ['a class', ['[a-b]*'], ['?[!b]*'], ['a', 'ab']],
  ['a class with a bracket and a dash', ['[]a-]'], [], ['a']],
  ['a backwards range', ['[b-a]*'], [], []],
  ['a bracket that is not closed', ['[a', '[!]', '[]', 'a'], [], ['a']],
  ['a point that is a point', ['a.?'], [], ['a.b']],
])('glob: %s', (_what, include, exclude, expected) => {
  expect(globNames(['a', 'ab', 'b-1', 'a.b', '.c'], { include, exclude })).toEqual(expected);
});
