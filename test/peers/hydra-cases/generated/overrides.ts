import type fc from 'fast-check';
import { drawn, type Draw } from './pick.js';

const WORDS = [
  '1',
  '-1',
  '+5',
  '0',
  '017',
  '1_000',
  '1__0',
  '1.5',
  '.5',
  '1.',
  '-.5',
  '1e3',
  '1E-05',
  'inf',
  '-INF',
  'nan',
  'true',
  'False',
  'null',
  'NULL',
  'abc',
  'a-b',
  'a_b',
  'a.b',
  '/a/b',
  './x',
  'a:b',
  'a@b',
  '%',
  '*',
  '?',
  '|',
  '-',
  '+',
  '$',
  '$x',
  'x1',
  '1x',
  '???',
  'yes',
  '0x1F',
  '12:30',
  'é',
  '#',
  '&',
  ';',
  '!',
  '<',
  '~',
  '`',
  '^',
  '"',
  "'",
  '\\',
  '\n',
  '=',
];
const QUOTED = [
  "''",
  '""',
  "'a'",
  '"a b"',
  "'1'",
  "'a,b'",
  '"a=b"',
  "'it\\'s'",
  '"\\""',
  "'\\\\'",
  "'a\\\\\\'b'",
  "'[1]'",
  "'\\n'",
  '"${x}"',
  "'${x}'",
  "'\\\\\\\\'",
  '"it\'s"',
  "'é'",
  "' '",
  "'a\\\\b'",
];
const ESCAPES = [
  '\\,',
  '\\ ',
  '\\(',
  '\\)',
  '\\[',
  '\\]',
  '\\{',
  '\\}',
  '\\:',
  '\\=',
  '\\\\',
  '\\\t',
  '\\n',
  '\\"',
];
const INTERPOLATIONS = [
  '${x}',
  '${a.b}',
  '${a[0]}',
  '${.a}',
  '${oc.env:HOME}',
  '${a:b,c}',
  '${}',
  '${',
  '${${a}}',
  '${a:{b:1}}',
];
const MARKS = [
  ',',
  '[',
  ']',
  '{',
  '}',
  '(',
  ')',
  ':',
  '=',
  ' ',
  '  ',
  '\t',
  '"',
  "'",
  '\\',
  '.',
  '$',
  '{',
  '@',
  '/',
  '~',
  '+',
  '#',
  '\u0000',
];

/** A value by the grammar, in tokens. */
export function valueTokens(draw: Draw, depth: number): string[] {
  const inner = (): string[] => valueTokens(draw, depth - 1);
  const space = (): string[] => (draw.chance(12) ? [' '] : []);
  const joined = (items: readonly string[][]): string[] =>
    items.flatMap((item, i) => (i === 0 ? item : [...space(), ',', ...space(), ...item]));
  const wrapped = (open: string, body: readonly string[], close: string): string[] => [
    open,
    ...space(),
    ...body,
    ...space(),
    close,
  ];
  const word = (): string => draw.of(draw.chance(90) ? WORDS.slice(0, 42) : WORDS);
  return draw.weighted<string[]>([
    [30, () => [word()]],
    [
      12,
      () =>
        draw.list(2, 4, () =>
          draw.weighted([
            [50, word],
            [15, () => ' '],
            [10, () => draw.of(ESCAPES)],
            [8, () => ':'],
            [8, () => draw.of(INTERPOLATIONS)],
          ]),
        ),
    ],
    [10, () => [draw.of(QUOTED)]],
    [4, () => [draw.of(INTERPOLATIONS)]],
    [4, () => draw.list(1, 3, () => draw.of(ESCAPES))],
    [depth > 0 ? 12 : 0, () => wrapped('[', joined(draw.list(0, 3, inner)), ']')],
    [
      depth > 0 ? 14 : 0,
      () =>
        wrapped(
          '{',
          joined(
            draw.list(0, 3, () => [
              draw.of(
                [
                  'a',
                  'b',
                  'c',
                  'a b',
                  'a.b',
                  'a/b',
                  'x-y',
                  '1',
                  'true',
                  'null',
                  '1.5',
                  '${x}',
                  '"q"',
                  'a\\:b',
                  '$a',
                ].slice(0, draw.chance(85) ? 7 : 15),
              ),
              ...space(),
              ':',
              ...space(),
              ...inner(),
            ]),
          ),
          '}',
        ),
    ],
    [
      depth > 0 ? 10 : 0,
      () => [
        draw.of(['int', 'float', 'str', 'bool', 'foo']),
        ...wrapped('(', [...(draw.chance(8) ? ['value', '='] : []), ...inner()], ')'),
      ],
    ],
  ]);
}

const KEYS = [
  'a',
  'a.b',
  'a.b.c',
  'a-b',
  'a_b',
  '_a',
  'a.0',
  'a.0.b',
  'a/b',
  'a/b/c',
  'a@b',
  'a/b@c.d',
  'a@_global_',
  'x1',
  '$a',
  'a$b',
  '0',
  'a.01',
  'a..b',
  '.a',
  'a.',
  'a b',
  ' a',
  'a ',
  '',
  '/a',
  'a/',
  'a[0]',
  'a:b',
  '-a',
  '1a',
  'é',
  'a@b:c',
  'a@b@c',
  'a//b',
  'a.-b',
  'a@',
  '@a',
  'a.b@c',
  'a/0',
  'null',
  'true',
  'a.null',
  'inf',
  '1.5',
  'a.1_0',
  'a/true',
  '"a"',
  'a,b',
  'a*',
];

/** One override as it may be typed: most by the grammar, some with a token too many, too few or changed. */
export const overrideText: fc.Arbitrary<string> = drawn((draw) => {
  const key = draw.of(draw.chance(75) ? KEYS.slice(0, 16) : KEYS);
  const prefix = draw.of(['', '', '', '+', '++', '~', '', '', '', draw.of(['+++', '~~', '-', '+~', ' '])]);
  const equal = draw.weighted<string[]>([
    [92, () => ['=']],
    [3, () => []],
    [
      5,
      () =>
        draw.of([
          [' ', '='],
          ['=', ' '],
          ['=', '='],
          [' ', '=', ' '],
        ]),
    ],
  ]);
  const tokens = [prefix, key, ...equal, ...valueTokens(draw, 3), ...(draw.chance(5) ? [' '] : [])];
  if (draw.chance(30)) {
    const at = draw.below(tokens.length + 1);
    const replacement = draw.chance(60) ? [draw.of([...MARKS, ...ESCAPES])] : [];
    tokens.splice(at, draw.below(2), ...replacement);
  }
  return tokens.join('');
});
