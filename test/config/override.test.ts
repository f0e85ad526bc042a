import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveTree } from '../../src/config/interpolation/resolve.js';
import { dictNode, type ConfigValue } from '../../src/config/node.js';
import { applyOverride } from '../../src/config/override/apply.js';
import { parseOverride } from '../../src/config/override/parse.js';
import { quoteValue } from '../../src/config/override/quote.js';
import { OverrideSyntaxError } from '../../src/config/override/syntax-error.js';
import { configValue } from './arbitrary.js';

const map = (entries: Record<string, ConfigValue>): ConfigValue => new Map(Object.entries(entries));

it.each<[string, string, string, string | null, ConfigValue | undefined]>([
  ['a=1', 'change', 'a', null, 1n],
  ['+a.b=1.0', 'add', 'a.b', null, 1],
  ['++a=x y', 'force', 'a', null, 'x y'],
  ['~a', 'delete', 'a', null, undefined],
  ['~a=null', 'delete', 'a', null, null],
  ['a/b@c.d=e', 'change', 'a/b', 'c.d', 'e'],
  ['a=', 'change', 'a', null, ''],
  ['a=[1, two, "3", null]', 'change', 'a', null, [1n, 'two', '3', null]],
  ['a={b: 1, c: {d: [x]}}', 'change', 'a', null, map({ b: 1n, c: map({ d: ['x'] }) })],
  ["a='x=y'", 'change', 'a', null, 'x=y'],
  ['a=x\\=y\\, z', 'change', 'a', null, 'x=y, z'],
  ['a=${b}', 'change', 'a', null, '${b}'],
  ['a=int(3.9)', 'change', 'a', null, 3n],
])('reads %s', (text, type, key, pkg, value) => {
  expect(parseOverride(text)).toStrictEqual({ type, key, package: pkg, value, text });
});

describe('points at what it cannot read', () => {
  it.each([
    ['a=b=c', 3, "unexpected '=' at character 4; to pass it as text: 'a=\"b=c\"'"],
    ['a=x#y', 3, "unexpected '#' at character 4; to pass it as text: 'a=\"x#y\"'"],
    ["a=it's", 4, `the quote ' is not closed at character 5; to pass it as text: 'a="it'\\''s"'`],
    ['a=中', 2, "unexpected '中' at character 3; to pass it as text: 'a=\"中\"'"],
    ['a=[1,]', 5, "unexpected ']' at character 6"],
    ['a=[1', 4, 'the value ends too early at character 5'],
    ['a=1,2', 3, 'a list of values is for --multirun, which is not supported yet; for a list write [1,2]'],
    ['a=choice(1,2)', 2, "'choice(…)' is for --multirun, which is not supported yet"],
    ['a=foo(1)', 2, "unknown function 'foo'; valid: int, float, str, bool"],
    ['a={1:b}', 3, 'the key 1 is not text'],
    ['a', 1, "expected '=' and a value"],
    ['1a=b', 0, "'1a' is not a key"],
    ['=b', 0, 'expected a key'],
  ])('%s', (text, position, message) => {
    let error: unknown;
    try {
      parseOverride(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(OverrideSyntaxError);
    expect(error as OverrideSyntaxError).toMatchObject({ override: text, position });
    expect((error as OverrideSyntaxError).message).toContain(message);
    expect((error as OverrideSyntaxError).caret).toBe(`${text}\n${' '.repeat(position)}^`);
  });
});

it('quoteValue(x) sets exactly x', () => {
  const key = fc
    .stringMatching(/^[a-z_][a-zA-Z0-9_.-]{0,8}$/)
    .filter((k) => !/^(?:null|true|false|inf|nan)$/i.test(k));
  fc.assert(
    fc.property(configValue(key), (value) => {
      const root = dictNode({ kind: 'override', text: '' });
      applyOverride(root, parseOverride(`+x=${quoteValue(value)}`), {});
      expect(resolveTree(root, {}).get('x')).toStrictEqual(value);
    }),
    { numRuns: 500 },
  );
});
