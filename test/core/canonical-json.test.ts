import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalHash,
  canonicalJson,
  parseTypedJson,
  plainJson,
  prettyJson,
  pythonFloat,
} from '../../src/core/canonical-json.js';

interface Golden {
  vectors: { canonical?: string; sha256?: string }[];
  env_config_vectors: { json: string; canonical: string; sha256: string }[];
}
const golden = JSON.parse(
  readFileSync(new URL('../golden/config_hash.json', import.meta.url), 'utf8'),
) as Golden;
const finite = golden.vectors.filter(
  ({ canonical }) => canonical !== undefined && !canonical.includes('Infinity'),
);

describe('canonical JSON against Python', () => {
  it.each(finite)('$canonical reads and prints the same', ({ canonical, sha256 }) => {
    const value = parseTypedJson(canonical!);
    expect(canonicalJson(value)).toBe(canonical);
    expect(canonicalHash(value)).toBe(sha256);
  });

  it.each(golden.env_config_vectors)('env_config $sha256', ({ json, canonical, sha256 }) => {
    expect(canonicalJson(parseTypedJson(json))).toBe(canonical);
    expect(canonicalHash(parseTypedJson(json))).toBe(sha256);
  });

  it.each([
    [1, '1.0'],
    [-0, '-0.0'],
    [1e-4, '0.0001'],
    [1e-5, '1e-05'],
    [1.5e-7, '1.5e-07'],
    [1e15, '1000000000000000.0'],
    [1e16, '1e+16'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [5e-324, '5e-324'],
  ])('prints %d as %s', (value, text) => {
    expect(pythonFloat(value)).toBe(text);
  });
});

const typed = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.string({ unit: 'binary' }).filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).value;

describe('typed JSON', () => {
  it('reads back what it prints, integers and floats apart', () => {
    fc.assert(
      fc.property(typed, (value) => {
        expect(parseTypedJson(prettyJson(value as never))).toEqual(value);
        expect(canonicalJson(parseTypedJson(canonicalJson(value as never)))).toBe(
          canonicalJson(value as never),
        );
      }),
    );
  });

  it('leaves digits inside strings alone', () => {
    expect(parseTypedJson('{"a\\"1":"2","b":[3,"4.0",5.0]}')).toEqual({ 'a"1': '2', b: [3n, '4.0', 5] });
  });

  it('reports bad JSON as JSON.parse does', () => {
    expect(() => parseTypedJson('{"a":01}')).toThrow(SyntaxError);
  });

  it('takes any key and any text for what they are', () => {
    expect(parseTypedJson('{"\\u0000int":"5","i5":"i5","s":"5"}')).toEqual({
      '\0int': '5',
      i5: 'i5',
      s: '5',
    });
    expect(parseTypedJson('{"\\u0000int" : null}')).toEqual({ '\0int': null });
  });

  it('refuses what is nested too deep for those who work on it', () => {
    const nested = (levels: number): string => `${'[{"a":'.repeat(levels / 2)}1${'}]'.repeat(levels / 2)}`;
    expect(canonicalJson(parseTypedJson(nested(500)))).toBe(nested(500));
    expect(() => parseTypedJson(nested(502))).toThrow(new SyntaxError('nested more than 500 levels deep'));
    expect(() => parseTypedJson(nested(200_000))).toThrow(SyntaxError);
  });

  it('gives plain numbers when asked', () => {
    expect(plainJson(new Map<string, never>([['a', [1n, 2.5, { b: 3n }] as never]]))).toEqual({
      a: [1, 2.5, { b: 3 }],
    });
  });
});

describe('keys that appear twice', () => {
  it.each(['{"a":1,"a":2}', '{"x":{"b":1,"c":{},"b" : 2}}', '[{"k":[],"k":{}}]', '{"a":1,"\\u0061":2}'])(
    '%s is refused',
    (text) => {
      expect(() => parseTypedJson(text)).toThrow(/appears twice/);
    },
  );

  it.each(['{"a":{"a":1},"b":[{"a":2},{"a":3}]}', '{"a":"\\"a\\":1","b":"a"}'])('%s is not such', (text) => {
    expect(plainJson(parseTypedJson(text))).toEqual(JSON.parse(text));
  });

  it('long strings are no trouble', () => {
    const text = JSON.stringify({ a: 'x'.repeat(30_000_000), b: '\\"'.repeat(10_000) });
    expect(JSON.stringify(plainJson(parseTypedJson(text))).length).toBe(text.length);
  });
});
