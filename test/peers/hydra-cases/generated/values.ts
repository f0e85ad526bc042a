import type fc from 'fast-check';
import { drawn, type Draw } from './pick.js';

/** Plain scalars of every kind, as they stand in YAML. */
const PLAIN = [
  '1',
  '0',
  '-7',
  '42',
  '1.5',
  '-0.0',
  '1e3',
  '1E-05',
  '1e16',
  '017',
  '0x1F',
  '0b101',
  '1_000',
  '12:30:45',
  '9007199254740993',
  'true',
  'False',
  'yes',
  'no',
  'on',
  'OFF',
  'null',
  '~',
  '.inf',
  '-.inf',
  '.nan',
  'text',
  'a b',
  'x-y',
  'y',
  'n',
  '2020-01-01',
  'None',
  '0o17',
  '.5',
  '-.5',
  '/a/b',
  'C',
  '08',
  '1.',
  '1.2.3',
  '"1"',
  "'true'",
  '""',
  "'???'",
  '"a\\tb"',
  "'it''s'",
  '"\\u00e9"',
  'é',
  '1e400',
];

export interface ValueOptions {
  readonly depth: number;
  /** Text with interpolations, where there may be some. */
  readonly interpolation: (() => string) | null;
}

/** Text in single quotes of YAML. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A value in YAML's flow style. */
export function yamlValue(draw: Draw, options: ValueOptions): string {
  const { depth, interpolation } = options;
  const inner = (): string => yamlValue(draw, { ...options, depth: depth - 1 });
  return draw.weighted<string>([
    [60, () => draw.of(PLAIN)],
    [depth === 2 ? 3 : 0, () => draw.of(['???', ''])],
    [depth > 0 ? 14 : 0, () => `[${draw.list(0, 3, inner).join(', ')}]`],
    [depth > 0 ? 18 : 0, () => `{${draw.list(0, 3, (i) => `${['x', 'y', 'z'][i]}: ${inner()}`).join(', ')}}`],
    [interpolation === null ? 0 : 18, () => quoted(interpolation!())],
  ]);
}

const NUMBER = [
  '0',
  '1',
  '7',
  '8',
  '9',
  '10',
  '60',
  '_',
  '.',
  'e',
  'E',
  '+',
  '-',
  ':',
  '0x',
  '0b',
  '0o',
  'a',
  'f',
  '0',
  '59',
  'inf',
  'nan',
  '.inf',
  '.nan',
];
const WORD = [
  'yes',
  'no',
  'true',
  'false',
  'null',
  '~',
  'on',
  'off',
  'y',
  'n',
  'a',
  'b',
  ' ',
  '  ',
  '#',
  ' #',
  ':',
  ': ',
  '-',
  '- ',
  '?',
  '? ',
  ',',
  '[',
  ']',
  '{',
  '}',
  '&a ',
  '*a',
  '!',
  '!!str ',
  '!!int ',
  '!!float ',
  '!!bool ',
  '!!null ',
  '|',
  '>',
  '%',
  '@',
  '`',
  "'",
  '"',
  '\\',
  '=',
  '<<',
  '.',
  '1',
  '1.5',
  'é',
  '😀',
  "''",
  '\\n',
  '\\t',
  '\\x41',
  '\\u00e9',
  '/',
  '$',
  '...',
  '---',
];

/** One line `x: …` with a scalar, or something that is nearly one. */
export const scalarLine: fc.Arbitrary<string> = drawn((draw) => {
  const noise = draw.chance(50) ? NUMBER : WORD;
  const text = draw.list(1, draw.of([2, 4, 7]), () => draw.of(noise)).join('');
  const scalar = draw.weighted<string>([
    [70, () => text],
    [10, () => `"${text}"`],
    [10, () => `'${text}'`],
    [10, () => draw.of(PLAIN) + (draw.chance(50) ? draw.of(noise) : '')],
  ]);
  return `x: ${scalar}\n`;
});

/** A small document in block style, with anchors, merges, block scalars and comments; some are not well formed. */
export const yamlDocument: fc.Arbitrary<string> = drawn((draw) => {
  const text = block(draw, 0, 3, new Set());
  if (!draw.chance(15)) return text;
  const at = draw.below(text.length + 1);
  const noise = draw.of([
    '\t',
    ' ',
    '\n',
    ':',
    '- ',
    '#',
    "'",
    '"',
    '}',
    ']',
    '{',
    '[',
    '&a ',
    '*a',
    '---\n',
    '...\n',
    '? ',
    '|',
    '%YAML 1.1\n',
    ',',
    '!',
    '\r\n',
    'é',
    '<<: ',
  ]);
  return text.slice(0, at) + noise + text.slice(at + draw.below(3));
});

/** @param anchors those given so far */
function block(draw: Draw, indent: number, depth: number, anchors: Set<string>): string {
  const pad = ' '.repeat(indent);
  const name = (i: number): string => {
    const n = draw.chance(80) ? i : '';
    const some = [`a${n}`, `b${n}`, `c${n}`, `d${n}`, `"e ${n}"`, `'10${n}'`, `g h${n}`, `k-l${n}`];
    return draw.chance(96) ? draw.of(some) : draw.of(['<<', '1', 'yes', `"a"${n}`]);
  };
  const keys = draw.list(1, 4, name);
  const comment = (): string => (draw.chance(8) ? `${pad}# note: x\n` : '');
  return keys.map((key) => `${comment()}${pad}${key}:${blockValue(draw, indent, depth, anchors)}`).join('');
}

const ANCHORS = ['m', 'n', 'o', 'q'];

function blockValue(draw: Draw, indent: number, depth: number, anchors: Set<string>): string {
  const newAnchor = (): string => {
    const name = ANCHORS.find((one) => !anchors.has(one)) ?? 'm';
    anchors.add(name);
    return ` &${name}`;
  };
  const alias = (): string => `*${draw.of(anchors.size > 0 && draw.chance(95) ? [...anchors] : ANCHORS)}`;
  const anchor = draw.weighted<string>([
    [88, () => ''],
    [8, newAnchor],
    [1, () => ' !!str'],
  ]);
  const pad = ' '.repeat(indent + draw.of([1, 2, 2, 2, 4]));
  const dashes = draw.chance(50) ? pad : ' '.repeat(indent);
  const line = (): string => yamlValue(draw, { depth: 2, interpolation: null });
  const trail = draw.chance(8) ? ' # c' : '';
  return draw.weighted<string>([
    [40, () => `${anchor} ${line()}${trail}\n`],
    [depth > 0 ? 18 : 0, () => `${anchor}${trail}\n${block(draw, pad.length, depth - 1, anchors)}`],
    [
      depth > 0 ? 10 : 0,
      () =>
        `${anchor}\n${draw.list(1, 3, () => `${draw.chance(3) ? ' ' : ''}${dashes}- ${line()}\n`).join('')}`,
    ],
    [
      depth > 0 ? 5 : 0,
      () => `${anchor}\n${draw.list(1, 3, () => `${pad}- k: ${line()}\n${pad}  l: ${line()}\n`).join('')}`,
    ],
    [
      7,
      () =>
        ` ${draw.of(['|', '>', '|-', '>-', '|+', '>+', '|2', '>1'])}${trail}\n${draw.list(1, 4, () => `${draw.chance(4) ? '' : pad + draw.of(['', '', '', '', '  '])}${draw.of(['text', 'more words', '# no comment', '', 'a: b', '- c'])}\n`).join('')}`,
    ],
    [
      3,
      () =>
        ` ${draw.of(['word', '"two', "'one"])}\n${pad}${draw.of(['more', '', '# c', 'x: y'])}\n${pad}end${draw.of(['', '"', "'"])}\n`,
    ],
    [anchors.size > 0 ? 12 : 1, () => ` ${alias()}\n`],
    [
      anchors.size > 0 ? 6 : 2,
      () =>
        `\n${pad}<<: ${draw.weighted([
          [anchors.size > 0 ? 6 : 0, alias],
          [anchors.size > 0 ? 3 : 0, () => `[${alias()}, ${alias()}]`],
          [3, () => '{x: 1}'],
          [1, () => '1'],
        ])}\n${pad}x: 2\n`,
    ],
    [4, () => ` {\n${pad}k: ${line()},\n${pad}l: [${line()},\n${pad}${line()}]\n${pad}}\n`],
    [3, () => '\n'],
  ]);
}
