import { expect, it } from 'vitest';
import { compose, ConfigError, toYaml } from '../../src/config/index.js';
import { resolveTree } from '../../src/config/interpolation/resolve.js';
import { readYaml } from '../../src/config/yaml/read.js';
import { messageOf, writeTree } from './tree.js';

/** Just under what a file and an override may have. */
const LENGTH = 249_000;

const long = (piece: string, before = '', after = ''): string =>
  before + piece.repeat(Math.floor(LENGTH / piece.length)) + after;

const numbered = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_none, i) => line(i)).join('');

const load = (text: string): unknown => resolveTree(readYaml(text, 'c.yaml'), {});

/** Far above what any of them takes, far below what quadratic work would. */
const BOUND = { timeout: 10_000 };

it.each([
  ['a plain scalar', long('x', 'a: ', '\n')],
  ['a double-quoted one', long('x', 'a: "', '"\n')],
  ['escapes', long('\\u0041', 'a: "', '"\n')],
  ['a single-quoted one', long("''", "a: '", "'\n")],
  ['a block scalar', long('  x\n', 'a: |\n')],
  ['a folded one', long('  x\n', 'a: >\n')],
  ['one of many lines', long('x\n  ', 'a: "', '"\n')],
  ['many keys', numbered(25_000, (i) => `k${i}: 1\n`)],
  ['values in a list', long('x,', 'a: [', ']\n')],
  ['merge keys', long('<<: {}\n')],
  ['comments', long('# c\n')],
  ['one comment', long('#')],
  ['spaces', long(' ')],
  ['newlines', long('\n')],
  ['references in a text', long('${b}', 'b: 1\na: "', '"\n')],
  ['dollars', long('$', 'a: "', '${b}"\nb: 1\n')],
  ['backslashes', long('\\', "a: '", "${b}'\nb: 1\n")],
])('reads a long file: %s', BOUND, (_what, text) => {
  expect(load(text)).toBeInstanceOf(Map);
});

it.each([
  ['a long key', long('x', '', ': 1\n')],
  ['[ [ [', long('[', 'a: ')],
  ['] ] ]', long(']', 'a: ')],
  ['{a: {a:', long('{a: ', 'a: ')],
  ['- - -', long('- ')],
  [', , ,', long(',', 'a: [', ']\n')],
  [': : :', long(': ')],
  ['quotes', long('"')],
  ['tags', long('!!str ')],
  ['anchors and aliases', long('&a *a ')],
  ['anchors and aliases in lines', long('&a *a\n', 'a:\n')],
  ['a line without a key', long('a\r\n', 'a: ')],
  ['${${${', long('${', 'a: "', '"\n')],
  ['nested ${…}', `a: "${'${'.repeat(80_000)}x${'}'.repeat(80_000)}"\n`],
  ['nested arguments', long('[', "a: '${oc.create:", "}'\n")],
  ['arguments', long('a,', "a: '${oc.env:X,", "}'\n")],
  ['a key of many parts', long('.a', "a: '${a", "}'\n")],
  ['an integer', long('1', 'a: ', '\n')],
  ['a sexagesimal', long(':1', 'a: 1', '\n')],
  ['a block header', long('|')],
  ['directives', long('%a\n')],
  ['tabs', long('\t')],
  ['nesting of 100,000 in flow', `a: ${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ['nesting of 100,000 in blocks', '- '.repeat(100_000)],
  ['nesting by indentation', numbered(1200, (i) => `${' '.repeat(i)}a:\n`)],
  ['ten megabytes', 'a: '.padEnd(10_000_000, 'x')],
  ['NUL', 'a: \0\n'],
  ['two documents', 'a: 1\n---\nb: 2\n'],
  ['a hundred thousand documents', '---\na: 1\n'.repeat(100_000)],
  ['an unknown tag handle', '%TAG ! tag:x,2000:\n---\na: !b 1\n'],
])('refuses in one short line: %s', BOUND, (_what, text) => {
  const message = messageOf(() => load(text));
  expect(message).toMatch(/^c\.yaml[:\d]*/);
  expect(message.length).toBeLessThan(2200);
  expect(message.split('\n')).toHaveLength(1);
  expect(() => load(text)).toThrow(ConfigError);
});

it('stops at aliases that multiply', BOUND, () => {
  const bomb = `a0: &a0 [x, x]\n${numbered(40, (i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]\n`)}`;
  expect(messageOf(() => load(bomb))).toContain('more than 200000 values once aliases are followed');
});

it.each([
  [
    'makes itself anew from text',
    "b: '\\${oc.decode:\\${b}}'\na: ${oc.decode:${b}}\n",
    'lead on more than 400 levels deep',
  ],
  [
    'makes what is around it anew',
    "c: {d: '${oc.create:${c}}', e: '${d}'}\nd: '${oc.create:${c}}'\n",
    'levels deep|refers to itself',
  ],
  [
    'leads on for thousands of keys',
    numbered(5000, (i) => `a${i}: \${a${i + 1}}\n`),
    'lead on more than 400 levels deep',
  ],
  [
    'doubles a text forty times',
    `a0: ${'x'.repeat(30)}\n${numbered(40, (i) => `a${i + 1}: '\${a${i}}\${a${i}}'\n`)}`,
    'make more than 1000000 values',
  ],
])('refuses an interpolation at once that %s', { timeout: 2000 }, (_what, text, message) => {
  expect(() => load(text)).toThrow(ConfigError);
  expect(messageOf(() => load(text))).toMatch(new RegExp(message));
});

it('follows interpolations as deep as anybody writes them', () => {
  expect(load(`${numbered(300, (i) => `a${i}: \${a${i + 1}}\n`)}a300: 1\n`)).toBeInstanceOf(Map);
});

it.each([
  ['UTF-16', Buffer.from('\ufeffa: 1\n', 'utf16le')],
  ['bytes that are no UTF-8', Buffer.from([0x61, 0x3a, 0x20, 0xc3, 0x28])],
])('refuses %s in a file', (_what, bytes) => {
  const configPath = writeTree({ config: bytes });
  expect(messageOf(() => compose({ configPath, configName: 'config', overrides: [] }))).toMatch(
    /config\.yaml.*UTF-8/,
  );
});

it('takes the names of JavaScript objects for keys like any other', () => {
  const files = {
    config: [
      '__proto__: {polluted: 1}',
      'constructor: {prototype: {polluted: 2}, name: n}',
      'toString: 3',
      'hasOwnProperty: 4',
      'a: ${__proto__.polluted}',
      'b: ${constructor.name}',
      '',
    ].join('\n'),
  };
  const overrides = [
    '+__proto__.x=5',
    '+constructor.z=6',
    '++toString=7',
    '+valueOf={__proto__: {polluted: 8}}',
    '~hasOwnProperty',
  ];
  const { tree } = compose({ configPath: writeTree(files), configName: 'config', overrides, env: {} });
  expect(toYaml(tree)).toBe(
    [
      '__proto__:\n  polluted: 1\n  x: 5',
      'constructor:\n  prototype:\n    polluted: 2\n  name: "n"\n  z: 6',
      'toString: 7',
      'a: 1',
      'b: "n"',
      'valueOf:\n  __proto__:\n    polluted: 8',
      '',
    ].join('\n'),
  );
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect(Object.prototype).not.toHaveProperty('x');
});

it.each(['${__proto__}', '${constructor.name}', '${toString}', '${a.constructor}', '${l.length}'])(
  'finds nothing of JavaScript behind %s',
  (text) => {
    expect(messageOf(() => load(`a: {}\nl: []\nb: "${text}"\n`))).toContain('c.yaml:');
  },
);

it.each(['__proto__', 'constructor', 'toString'])('has no environment variable %s', (name) => {
  expect(messageOf(() => load(`b: "\${oc.env:${name}}"\n`))).toContain('is not set');
});

it.each([
  ['text', long('x', 's='), true],
  ['quoted text', long('x', 's="', '"'), true],
  ['numbers', long('1,', 's=[', '1]'), true],
  ['brackets', long('[', 's='), false],
  ['closing brackets', long(']', 's='), false],
  ['commas', long(',', 's='), false],
  ['an open quote', long('x', 's="'), false],
  ['quotes', long('"', 's=a'), false],
  ['open interpolations', long('${', 's='), false],
  ['open interpolations in quotes', long('${', 's="', '"'), false],
  ['nested interpolations', `s=${'${a:'.repeat(30_000)}${'}'.repeat(30_000)}`, false],
  ['backslashes', long('\\', 's='), true],
  ['a key', long('a.', '+', 'b=1'), false],
  ['a group', long('a/', '+', 'b=c'), false],
  ['a package', long('a.', '+g@', 'b=c'), false],
])('takes or refuses a long override: %s', BOUND, (_what, override, taken) => {
  const request = { configPath: writeTree({ config: 's: 1\n' }), configName: 'config', env: {} };
  const run = (): unknown => compose({ ...request, overrides: [override] });
  if (taken) expect(run).not.toThrow();
  else expect(run).toThrow(ConfigError);
});

it.each(['x', '${', '[', '"'])('refuses an override of 10 MB of %s by its length', BOUND, (piece) => {
  const request = { configPath: writeTree({ config: 's: 1\n' }), configName: 'config', env: {} };
  const override = `s=${piece.repeat(10_000_000 / piece.length)}`;
  const message = messageOf(() => compose({ ...request, overrides: [override] }));
  expect(message).toContain('characters, which is more than the 250000 it may have');
  expect(message.length).toBeLessThan(300);
});
