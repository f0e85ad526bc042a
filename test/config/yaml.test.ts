import { expect, it } from 'vitest';
import { toValue, type ConfigValue } from '../../src/config/node.js';
import { readYaml } from '../../src/config/yaml/read.js';
import { messageOf } from './tree.js';

const read = (text: string): ConfigValue => toValue(readYaml(text, 'c.yaml'));
const map = (entries: Record<string, ConfigValue>): ConfigValue => new Map(Object.entries(entries));

it.each<[string, ConfigValue]>([
  ['1', 1n],
  ['1.0', 1],
  ['1e3', 1000],
  ['017', 15n],
  ['08', '08'],
  ['0o17', '0o17'],
  ['1_000', 1000n],
  ['0b101', 5n],
  ['-0x1F', -31n],
  ['yes', true],
  ['off', false],
  ['y', 'y'],
  ['12:30:45', 45045n],
  ['01:30', '01:30'],
  ['2020-01-01', '2020-01-01'],
  ['-.5', '-.5'],
  ['.5e3', '.5e3'],
  ['.', '.'],
  ['e3', 'e3'],
  ['~', null],
  ['.inf', Infinity],
  ['9007199254740993', 9007199254740993n],
  ['', null],
  ["'1'", '1'],
  ['!!str 5', '5'],
  ['!!float 5', 5],
])('reads the scalar %s', (text, value) => {
  expect(read(`x: ${text}`)).toStrictEqual(map({ x: value }));
});

it('keeps the order of keys, integer-like ones and __proto__ too', () => {
  expect([
    ...(read("'10': 1\n'9': 2\n__proto__: 3\nconstructor: 4\n") as Map<string, unknown>).keys(),
  ]).toEqual(['10', '9', '__proto__', 'constructor']);
});

it('merges << before own keys', () => {
  const merged = (read('b: &b {x: 1, y: 2}\nd:\n  y: 3\n  <<: *b\n') as Map<string, ConfigValue>).get('d');
  expect([...(merged as Map<string, ConfigValue>)]).toEqual([
    ['x', 1n],
    ['y', 3n],
  ]);
});

it.each([
  ['a: 1\na: 2\n', "c.yaml:2:1: the key 'a' appears twice"],
  ['a:\n  b: [1, 2\n', 'c.yaml:3:1: not valid YAML: '],
  ['a: "x\n', 'c.yaml:2:1: not valid YAML: Missing closing "quote'],
  ['a:\tb\n', 'c.yaml:1:3: a tab cannot separate or indent; use spaces'],
  ['a: 1\n---\nb: 2\n', 'c.yaml:2:1: a config file holds one YAML document, not two'],
  ['a: *x\n', "c.yaml:1:4: unknown anchor '*x'"],
  ['a: &x [*x]\n', "c.yaml:1:8: '*x' contains itself"],
  ['a: !foo 1\n', "c.yaml:1:9: the tag '!foo' with '1' is not supported"],
  ['1: a\n', "c.yaml:1:1: the key 1 is not a string; quote it: '1'"],
  ['a: ${b\n', "c.yaml:1:4: '${b' is not a valid interpolation: '${' is not closed with '}' at character 4"],
  ['- 1\n', 'c.yaml: a config file holds a mapping (key: value), not a list'],
  ['? a\n: 1\n', "c.yaml:1:1: a key marked with '?' is not supported; write 'key: value'"],
  [
    'a: \u0007\n',
    'c.yaml:1:4: the character U+0007 is not supported in a config file; in double quotes write \\u0007',
  ],
  ['a: =\n', "c.yaml:1:4: '=' has no value here; quote it"],
])('refuses %j with file, line and column', (text, message) => {
  expect(messageOf(() => read(text))).toContain(message);
});

it('stops at alias bombs and deep nesting, quickly', () => {
  const bomb = [
    'a0: &a0 [x, x]',
    ...Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`),
  ].join('\n');
  const started = performance.now();
  expect(messageOf(() => read(bomb))).toContain('more than 200000 values once aliases are followed');
  const nested = (depth: number): string => `a: ${'['.repeat(depth)}${']'.repeat(depth)}`;
  expect(messageOf(() => read(nested(150)))).toContain('nested more than 100 levels');
  expect(messageOf(() => read(nested(20_000)))).toMatch(/nested (?:more|too)/);
  expect(performance.now() - started).toBeLessThan(20_000);
});
