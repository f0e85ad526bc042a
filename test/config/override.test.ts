import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveTree } from '../../src/config/interpolation/resolve.js';
import { dictNode, type ConfigValue } from '../../src/config/node.js';
import { applyOverride } from '../../src/config/override/apply.js';
import { parseOverride } from '../../src/config/override/parse.js';
import { overrideText, quoteValue } from '../../src/config/override/quote.js';
import { OverrideSyntaxError } from '../../src/config/override/syntax-error.js';
import { ConfigError } from '../../src/config/problems.js';
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
  type Case = [text: string, position: number, message: string];
  const named = ([text, ...rest]: Case): [name: string, ...Case] => [text.slice(0, 40), text, ...rest];
  const CASES: Case[] = [
    ['a=b=c', 3, "unexpected '=' at character 4; to pass it as text: 'a=\"b=c\"'"],
    ['a=x#y', 3, "unexpected '#' at character 4; to pass it as text: 'a=\"x#y\"'"],
    ["a=it's", 4, `the quote ' is not closed at character 5; to pass it as text: 'a="it'\\''s"'`],
    ['a=中', 2, "unexpected '中' at character 3; to pass it as text: 'a=\"中\"'"],
    ['a=[1,]', 5, "unexpected ']' at character 6"],
    ['a=[1', 4, 'the value ends too early at character 5'],
    [
      'a=1,x y',
      2,
      `several values for 'a' at character 3; to run each of them add --multirun (-m), for a list write 'a=[1,'\\''x y'\\'']', for text 'a="1,x y"'`,
    ],
    [
      '+a=range(3)',
      3,
      `several values for 'a' at character 4; to run each of them add --multirun (-m), for text`,
    ],
    [
      'a=rang(3)',
      2,
      `unknown function 'rang' (did you mean 'range'?) at character 3; to pass it as text: 'a="rang(3)"'`,
    ],
    ['a=range(1,stp=2)', 2, "'range' has no argument 'stp' at character 3; did you mean 'stop'?"],
    ['a=range(1,2,0)', 2, "a range cannot have the step 0 at character 3; write 'range(start,stop,step)'"],
    ['a=range(0,inf)', 2, 'a range takes finite numbers, not inf'],
    ['a=range(1,start=2)', 2, "'range' is given 'start' twice"],
    ['a=range()', 2, "'range' needs 'start'"],
    ['a=range(x)', 2, "'range' takes numbers; 'start' is the text 'x'"],
    [
      'a=choice(null,1)',
      2,
      "'choice' cannot take null at character 3; values with null are listed alone: null,1,2",
    ],
    ['a=choice(choice(1,2))', 2, "'choice' cannot take a choice at character 3; leave out the outer one"],
    ['a=[x,choice(1,2)]', 5, 'a choice cannot be part of another value at character 6'],
    ['a=range(2),3', 2, 'a range cannot be part of another value at character 3'],
    ['a=str(range(3))', 2, "'str' cannot take a range at character 3; write its values: str(1,2,3)"],
    ['a=sort(1,x)', 2, "'sort' cannot compare 'x' with 1"],
    ['a=sort(2,nan)', 2, "'sort' cannot place nan"],
    ['a=sort([[nan],[1]])', 2, "'sort' cannot place nan"],
    ['a=sort(1,2,list=[3])', 2, "'sort' takes values either by place or as 'list'"],
    ['a=sort(list=[3],sweep=range(2))', 2, "'sort' takes either 'list' or 'sweep'"],
    ['a=sort(1,2,reverse=1)', 2, "'reverse' is true or false, not the number 1"],
    ['a=shuffle(1,2,seed=-1)', 2, "'seed' is an integer from 0 to 2^53 - 1, not the number -1"],
    ['a=shuffle(1,2,seed=1.0)', 2, "'seed' is an integer from 0 to 2^53 - 1, not the number 1"],
    ['a=tag(choice(1,2),b)', 2, "'tag' ends with a choice, range or interval"],
    ['a=glob(1)', 2, "a pattern of 'glob' is text, not the number 1"],
    ['a=int(1,x=2)', 2, "'int' has no argument 'x'"],
    [`a=${'['.repeat(50_000)}`, 102, 'nested more than 100 levels deep at character 103'],
    [`a=${'int('.repeat(50_000)}`, 402, 'nested more than 100 levels deep at character 403'],
    ['a={1:b}', 3, 'the key 1 is not text'],
    ['a', 1, "expected '=' and a value"],
    ['1a=b', 0, "'1a' is not a key"],
    ['=b', 0, 'expected a key'],
  ];

  it.each(CASES.map(named))('%s', (_name, text, position, message) => {
    let error: unknown;
    try {
      parseOverride(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(OverrideSyntaxError);
    expect(error as OverrideSyntaxError).toMatchObject({ override: text, position });
    expect((error as OverrideSyntaxError).message).toContain(message);
    if (text.length <= 100)
      expect((error as OverrideSyntaxError).drawing).toBe(`${text}\n${' '.repeat(position)}^`);
  });

  const drawingOf = (text: string): string | undefined => {
    try {
      parseOverride(text);
    } catch (error) {
      return (error as ConfigError).drawing;
    }
    throw new Error('expected an error');
  };

  it('draws the place, each character in one column', () => {
    expect(drawingOf('a="\n😀" #')).toBe(`a="␣😀" #\n${' '.repeat(7)}^`);
    expect(drawingOf("a='b': c")).toBe(`a='b': c\n${' '.repeat(5)}^`);
    expect(drawingOf('=1')).toBe('=1\n^');
  });

  it('draws only the surroundings in a long override', () => {
    const text = `a=${'x'.repeat(300)}#${'y'.repeat(300)}`;
    const [shown, caret] = drawingOf(text)!.split('\n') as [string, string];
    expect(shown).toHaveLength(102);
    expect(shown).toMatch(/^…x+#y+…$/);
    expect(caret.indexOf('^')).toBe(shown.indexOf('#'));
  });

  it('draws nothing where there is no place, or more than one problem', () => {
    expect(drawingOf('a=interval(0,1)')).toBeUndefined();
    const one = { line: 'x', drawing: 'y' };
    expect(new ConfigError([one]).drawing).toBe('y');
    expect(new ConfigError([one, one]).drawing).toBeUndefined();
  });
});

it.each([
  ['a=interval(0,1)', /only a sweeper that searches can use an interval; list the values or write 'range/],
  ['~a=1,2', /'~' deletes with one value, not several/],
])('refuses %s', (text, message) => {
  expect(() => parseOverride(text)).toThrow(message);
});

it('overrideText(x) is read as x', () => {
  const key = fc
    .stringMatching(/^[a-zA-Z0-9_.:= ,(){}[\]\\/+$%*@?|-]{1,8}$/)
    .filter((k) => !/^[-+]?(?:[\d_.]+(?:e[-+]?[\d_]+)?|inf|nan)$|^(?:null|true|false)$/i.test(k));
  fc.assert(
    fc.property(configValue(key), (value) => {
      expect(parseOverride(`x=${overrideText(value)}`).value).toStrictEqual(value);
    }),
    { numRuns: 1000 },
  );
});

it('overrideText refuses keys that an override cannot hold', () => {
  for (const key of ['1', '-1.5', 'null', 'True', 'inf', '', 'a"b', 'é'])
    expect(() => overrideText(new Map([[key, 1n]])), key).toThrow('cannot be written in an override');
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
