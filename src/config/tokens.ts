/** Words of values, the same in overrides and in resolver arguments (both grammars define them alike). */
const INT = '(?:0|[1-9](?:_?[0-9])*)';
const FRACTION = `(?:${INT}?\\.[0-9](?:_?[0-9])*|${INT}\\.)`;
const EXPONENT = '[eE][+-]?[0-9](?:_?[0-9])*';

/** Kinds in order of precedence among equally long matches. */
const WORDS = [
  ['float', `[+-]?(?:(?:${FRACTION}|${INT})${EXPONENT}|${FRACTION}|[iI][nN][fF]|[nN][aA][nN])`],
  ['int', `[+-]?${INT}`],
  ['bool', '[tT][rR][uU][eE]|[fF][aA][lL][sS][eE]'],
  ['null', '[nN][uU][lL][lL]'],
  ['char', '[/\\-\\\\+.$%*@?|]'],
  ['id', '[a-zA-Z_][a-zA-Z0-9_-]*'],
  ['escape', '(?:\\\\[\\\\()[\\]{}:=, \\t])+'],
  ['space', '[ \\t]+'],
] as const;

export type WordKind = (typeof WORDS)[number][0];

export interface Rule<Kind extends string> {
  readonly kind: Kind;
  readonly pattern: RegExp;
}

export interface Match<Kind extends string> {
  readonly kind: Kind;
  readonly text: string;
}

export const WORD_RULES: readonly Rule<WordKind>[] = WORDS.map(([kind, source]) => ({
  kind,
  pattern: new RegExp(source, 'y'),
}));

/** The longest match of any rule at a position, the first rule's among equals. */
export function longestMatch<Kind extends string>(
  rules: readonly Rule<Kind>[],
  text: string,
  position: number,
): Match<Kind> | null {
  let best: Match<Kind> | null = null;
  for (const { kind, pattern } of rules) {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (match && match[0].length > (best?.text.length ?? 0)) best = { kind, text: match[0] };
  }
  return best;
}

/** The words a text consists of; null when something in it is no word. */
export function splitWords(text: string): Match<WordKind>[] | null {
  const words: Match<WordKind>[] = [];
  for (let position = 0; position < text.length; position += words.at(-1)!.text.length) {
    const word = longestMatch(WORD_RULES, text, position);
    if (word === null) return null;
    words.push(word);
  }
  return words;
}

/** The typed value of a single number, boolean or null word; its own text for every other word. */
export function wordValue({ kind, text }: Match<WordKind>): null | boolean | bigint | number | string {
  if (kind === 'null') return null;
  if (kind === 'bool') return text.toLowerCase() === 'true';
  if (kind === 'int') return intValue(text);
  if (kind === 'float') return floatValue(text);
  return kind === 'escape' ? unescape(text) : text;
}

function intValue(text: string): bigint {
  const digits = text.replaceAll('_', '').replace('+', '');
  return digits.startsWith('-') ? -BigInt(digits.slice(1)) : BigInt(digits);
}

export function floatValue(text: string): number {
  const lower = text.replaceAll('_', '').toLowerCase();
  const bare = lower.replace(/^[-+]/, '');
  const sign = lower.startsWith('-') ? -1 : 1;
  if (bare === 'nan') return NaN;
  return sign * (bare === 'inf' ? Infinity : Number(bare));
}

/** Drops the backslash of every escaped character in a run of them. */
export function unescape(run: string): string {
  return run.replace(/\\([\s\S])/g, '$1');
}
