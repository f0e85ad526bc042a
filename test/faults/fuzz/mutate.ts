import type { Random } from './random.js';

/** Longer inputs say nothing new and take longer; what is long on purpose is in hostile.test.ts of the parsers. */
const MAX_LENGTH = 20_000;

/** What a parser of anything may stumble over. */
const ANY_TOKENS = [
  ...[
    '\0',
    '\ufeff',
    '\u2028',
    '\u0085',
    '\ud800',
    '\udfff',
    '\u{1f4a8}',
    '\u00ff',
    '\x7f',
    '\r',
    '\n',
    '\t',
  ],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', 'polluted'],
  ...['-0', '0', '1e999', '-1e999', '1e-999', '9007199254740993', '18446744073709551616', '0x10', '007'],
  ...['NaN', 'Infinity', '-', '+', '.', ',', ':', '"', "'", '\\', '(', ')', '[', ']', '{', '}', ' '],
];

type Edit = (text: string, random: Random, tokens: readonly string[], pool: readonly string[]) => string;

/** A part of a text: short ones mostly. */
function part(text: string, random: Random): [from: number, to: number] {
  const from = random.below(text.length + 1);
  const length = random.oneIn(4) ? random.below(text.length + 1) : random.below(9);
  return [from, Math.min(text.length, from + length)];
}

const splice = (text: string, [from, to]: readonly [number, number], between: string): string =>
  text.slice(0, from) + between + text.slice(to);

const at = (text: string, random: Random): [number, number] => {
  const place = random.below(text.length + 1);
  return [place, place];
};

const EDITS: readonly Edit[] = [
  function flipBit(text, random) {
    const place = random.below(text.length);
    const unit = text.charCodeAt(place) || 0;
    const flipped = unit ^ (1 << random.below(random.oneIn(8) ? 16 : 8));
    return splice(text, [place, place + 1], String.fromCharCode(flipped));
  },
  (text, random) => splice(text, part(text, random), ''),
  function repeat(text, random) {
    const [from, to] = part(text, random);
    const times = random.oneIn(20) ? random.below(400) : 1;
    return splice(text, [to, to], text.slice(from, to).repeat(times));
  },
  (text, random, tokens) => splice(text, at(text, random), random.pick(tokens)),
  (text, random, tokens) => splice(text, part(text, random), random.pick(tokens)),
  (text, random) => splice(text, part(text, random), random.pick(ANY_TOKENS)),
  function nest(text, random, tokens) {
    const times = random.oneIn(100) ? random.below(10_000) : random.below(20);
    return splice(text, at(text, random), random.pick(tokens).repeat(times));
  },
  (text, random) => splice(text, at(text, random), String.fromCharCode(random.below(256))),
  function crossOver(text, random, _tokens, pool) {
    const other = random.pick(pool);
    return text.slice(0, random.below(text.length + 1)) + other.slice(random.below(other.length + 1));
  },
  function copyIn(text, random, _tokens, pool) {
    const other = random.pick(pool);
    return splice(text, part(text, random), other.slice(...part(other, random)));
  },
];

/** A text, or bytes as Latin-1, changed in a few places. */
export function mutate(
  text: string,
  random: Random,
  tokens: readonly string[],
  pool: readonly string[],
): string {
  let changed = text;
  do changed = random.pick(EDITS)(changed, random, tokens, pool);
  while (random.oneIn(2));
  return changed.length > MAX_LENGTH ? changed.slice(0, MAX_LENGTH) : changed;
}
