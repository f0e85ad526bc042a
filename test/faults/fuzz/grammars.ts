import type { Random } from './random.js';

export const YAML_TOKENS = [
  ...[
    '&a ',
    '*a',
    '&b',
    '*b ',
    '<<: ',
    '<<: *a',
    '<<: [*a, *b]',
    '!!',
    '!!str ',
    '!!int ',
    '!!float ',
    '!!map',
  ],
  ...['!!binary ', '!!python/object:os.system ', '!<tag:yaml.org,2002:str> ', '%YAML 1.1\n', '%TAG ! !x\n'],
  ...[
    '---\n',
    '...\n',
    '--- ',
    '# c\n',
    '# @package ',
    '? ',
    '- ',
    '- - ',
    ': ',
    ':',
    'k: ',
    '\n  ',
    '\n',
    '\r\n',
  ],
  ...[
    '|\n',
    '>\n',
    '|+\n',
    '>-\n',
    '|2\n',
    "''",
    '"\\u0000"',
    '"\\x',
    '"\\U0010ffff"',
    '"\\ud800"',
    '\\',
    '"',
  ],
  ...['[', ']', '{', '}', ',', '[[[[', '{{{{', '{a: ', '[a, ', '~', 'null', 'yes', 'off', '=', '<<'],
  ...['1:20:30', '0o7', '0b1', '0x_', '1_000', '.inf', '-.INF', '.nan', '1e3', '1e400', '190:20:30.15', '0_'],
  ...[
    'defaults:\n',
    '_self_',
    '@_global_',
    '/group',
    'override ',
    'optional ',
    'hydra:',
    '__proto__: ',
    '???',
  ],
];

export const YAMLS = [
  'a: &a {x: 1, y: [2, 3]}\nb: *a\nc:\n  <<: *a\n  z: 4\n',
  "a: \"x\\ty\"\nb: 'it''s'\nc: |\n  one\n  two\nd: >-\n  folded\n  text\n",
  '- 1\n- two\n',
  'a: ${b}\nb: ${c.d}\nc: {d: [1, ${oc.env:HOME,x}], e: "${.d}"}\n',
  'a: ${oc.select:x,${oc.create:"{k: 1}"}}\nb: ${oc.dict.keys:a}\nc: ${oc.decode:"[1,2]"}\n',
  'defaults:\n  - _self_\n  - override /a@b: c\n  - optional d: [e, f]\n  - g: null\n',
  '? a\n: b\n',
  '%YAML 1.1\n---\na: !!str 5\nb: !!float 3\n...\n',
  'a:\n- b:\n  - c\n  -\n  - {d: e, "f": g}\n',
];

export const INTERPOLATION_TOKENS = [
  ...[
    '${',
    '}',
    '${a}',
    '${b',
    '${.',
    '${..d}',
    '${c.d}',
    '${c[d]}',
    '${f.0}',
    '${f[-1]}',
    '[',
    ']',
    '.',
    ':',
    ',',
  ],
  ...['${oc.env:', '${oc.env:HOME}', '${oc.select:', '${oc.decode:', '${oc.create:', '${oc.dict.keys:'],
  ...[
    '${oc.dict.values:c}',
    '${__proto__}',
    '${c.__proto__.x}',
    '${constructor:}',
    '\\',
    '\\\\',
    '\\${',
    "'",
    '"',
  ],
  ...['{', '{a:1}', '[1,2]', '1', '-1.5e3', 'null', 'true', 'nan', ' ', '\t', '${${', '}}', '$', '$$'],
];

export const INTERPOLATIONS = [
  '${b}',
  'x${b}y${c.e}',
  '${c[e]}',
  '${.b}${..a}',
  '${oc.env:HOME}',
  '${oc.env:NONE,"a ${b}"}',
  "${oc.select:c.x,[1,{a:2,b:'c'},${f}]}",
  '${oc.decode:"[1,${b}]"}',
  '${oc.create:${c}}',
  '${oc.create:"a: [1, 2]"}',
  '${oc.dict.values:c}',
  '${oc.dict.keys:c}',
  '\\${b} \\\\${b}',
  '${${oc.env:KEY,b}}',
  '[1, 2.5, {a: "b"}]',
];

/** An interpolation by the grammar, and now and then not. */
export function interpolation(random: Random, depth: number): string {
  const inner = (): string =>
    depth <= 0 || random.oneIn(3) ? random.pick(WORDS) : interpolation(random, depth - 1);
  switch (random.below(9)) {
    case 0:
      return `\${${inner()}}`;
    case 1:
      return `\${${random.pick(['', '.', '..', '...'])}${inner()}.${inner()}}`;
    case 2:
      return `\${${inner()}[${inner()}]}`;
    case 3:
      return `\${${random.pick(RESOLVERS)}:${inner()}}`;
    case 4:
      return `\${${random.pick(RESOLVERS)}:${inner()},${inner()}}`;
    case 5:
      return `[${inner()}, ${inner()}]`;
    case 6:
      return `{${random.pick(WORDS)}: ${inner()},${random.pick(WORDS)}:${inner()}}`;
    case 7:
      return random.pick([`'${inner()}'`, `"${inner()}"`, `\\${inner()}`, ` ${inner()} `]);
    default:
      return inner() + inner();
  }
}

export const WORDS = [
  'a',
  'b',
  'c',
  'd',
  'e',
  'f',
  '0',
  '1',
  '-1',
  '1.5',
  'null',
  'true',
  '',
  'x y',
  'HOME',
  'c.e',
  '.',
  '$',
  '\\',
  '__proto__',
];
const RESOLVERS = [
  'oc.env',
  'oc.select',
  'oc.decode',
  'oc.create',
  'oc.dict.keys',
  'oc.dict.values',
  'oc.nope',
];
