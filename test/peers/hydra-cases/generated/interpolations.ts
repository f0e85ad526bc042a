import type fc from 'fast-check';
import { drawn, type Draw } from './pick.js';
import { quoted, yamlValue } from './values.js';

const NOISE = [
  '${',
  '}',
  '.',
  '..',
  'a',
  'b',
  'c',
  '[0]',
  '[',
  ']',
  ':',
  ',',
  ' ',
  '\\',
  '$',
  '{',
  '"',
  "'",
  '1',
  '-1',
  'null',
  'oc.env',
  'oc.select',
  'oc.decode',
  'oc.create',
  'PLUME_TEST',
  'x',
  '/',
  '@',
  '=',
  '\\,',
  '\\\\',
  '1.5',
  '1e3',
  '|',
  '${a}',
  '${oc.env:',
  '\\${',
];

/** Text for one interpolation, or several in text; mostly of keys that are there. */
export function interpolation(draw: Draw, paths: readonly string[], depth = 0): string {
  const inner = (): string => interpolation(draw, paths, depth + 1);
  const path = (): string => (depth < 2 && draw.chance(6) ? inner() : keyOf(draw, paths));
  const argument = (): string => resolverArgument(draw, inner, depth);
  return draw.weighted<string>([
    [30, () => `\${${path()}}`],
    [8, () => `\${${'.'.repeat(1 + draw.below(3))}${draw.of(['p', 'q', 'r', 'x', 'y', 'p.x', '0'])}}`],
    [
      8,
      () =>
        `${draw.of(['x ', 'a/', "it's ", '\\', '1', '$', '{'])}\${${path()}}${draw.of(['', ' y', '}', '.0'])}`,
    ],
    [5, () => `\${${path()}}${draw.of(['', '-', ' ', '_'])}\${${path()}}`],
    [
      4,
      () =>
        `\${oc.env:${draw.of(['PLUME_TEST', 'PLUME_NUMBER', 'PLUME_EMPTY', 'PLUME_LIST', 'PLUME_NOT_SET'])}}`,
    ],
    [6, () => `\${oc.env:${draw.of(['PLUME_NOT_SET', 'PLUME_TEST'])},${argument()}}`],
    [
      8,
      () =>
        `\${oc.select:${draw.of(['', "'"]).replace("'", '')}${path()}${draw.chance(60) ? `,${argument()}` : ''}}`,
    ],
    [3, () => `\${oc.select:${draw.of(['.', '..'])}${draw.of(['p', 'q', 'x'])},${argument()}}`],
    [
      5,
      () =>
        `\${oc.decode:${draw.of(['"1"', "'[1, a]'", "'{x: 1}'", 'null', "'a b'", "'1e3'", "'[${p}]'", inner(), "'\\${p}'", '"\'q\'"'])}}`,
    ],
    [5, () => `\${oc.create:${argument()}}`],
    [4, () => `\${oc.dict.${draw.of(['keys', 'values'])}:${path()}}`],
    [3, () => `\\${'\\'.repeat(draw.below(4))}\${${path()}}`],
    [2, () => draw.list(1, 7, () => draw.of(NOISE)).join('')],
  ]);
}

function keyOf(draw: Draw, paths: readonly string[]): string {
  const path =
    paths.length === 0 || draw.chance(4) ? draw.of(['nope', 'p.nope', 'p[9]', 'q.0']) : draw.of(paths);
  return draw.chance(15) ? path.replace(/\.([^.]+)$/, '[$1]') : path;
}

/** What stands after a resolver's colon or comma. */
function resolverArgument(draw: Draw, inner: () => string, depth: number): string {
  return draw.weighted<string>([
    [
      40,
      () =>
        draw.of([
          '1',
          '-1.5',
          '1e3',
          'true',
          'null',
          'abc',
          'a b',
          ' a ',
          'a/b',
          'a-b',
          '017',
          '1_000',
          'a:b',
          'inf',
          'NaN',
          '',
          'a\\, b',
          '\\[',
          '@',
          'x.y',
          '???',
          '%',
          '10:30',
          '1 2',
          '.5',
          '*',
          '\\ ',
          'a\\',
        ]),
    ],
    [
      14,
      () =>
        draw.of([
          "'q, r'",
          '"a"',
          "'1'",
          '""',
          "'it\\'s'",
          '"${p}"',
          "'x ${p}!'",
          "'\\${p}'",
          '"a\\\\"',
          "'[1]'",
        ]),
    ],
    [
      10,
      () =>
        `[${draw.list(0, 3, () => (depth < 2 ? resolverArgument(draw, inner, depth + 1) : '1')).join(draw.of([',', ', ']))}]`,
    ],
    [
      10,
      () =>
        `{${draw.list(0, 3, () => `${draw.of(['x', 'y', 'a b', '1', 'true', 'null', '1.5'])}:${depth < 2 ? resolverArgument(draw, inner, depth + 1) : '1'}`).join(',')}}`,
    ],
    [depth < 2 ? 16 : 0, inner],
    [depth < 2 ? 4 : 0, () => `a${inner()}b`],
  ]);
}

/** A document of a few keys that refer to each other. */
export const interpolationDocument: fc.Arbitrary<string> = drawn((draw) => {
  const paths = [
    'p',
    'q',
    'r',
    's',
    't',
    'p.x',
    'q.x',
    'r.x',
    'q.y',
    'p.y',
    's.0',
    't.1',
    't.x.y',
    'r.0',
    'r.1.x',
  ];
  const keys = ['p', 'q', 'r', 's', 't', 'u', 'v'].slice(0, 3 + draw.below(4));
  return keys
    .map((key, index) => {
      const value = draw.chance(index < 2 ? 8 : 35)
        ? quoted(interpolation(draw, paths))
        : yamlValue(draw, {
            depth: 2,
            interpolation: draw.chance(15) ? () => interpolation(draw, paths) : null,
          });
      return `${key}: ${value}\n`;
    })
    .join('');
});
