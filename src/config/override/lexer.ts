import { longestMatch, WORD_RULES, type Rule, type WordKind } from '../tokens.js';
import { asText, OverrideSyntaxError } from './syntax-error.js';

export type TokenKind =
  WordKind | 'quoted' | 'interpolation' | 'colon' | 'comma' | 'equal' | '(' | ')' | '[' | ']' | '{' | '}';

export interface Token {
  readonly kind: TokenKind | 'end';
  readonly text: string;
  /** Index in the override. */
  readonly position: number;
}

const rule = (kind: TokenKind, pattern: RegExp): Rule<TokenKind> => ({ kind, pattern });

/** Tokens of a value: those of Hydra's grammar, longest match first. */
const RULES: readonly Rule<TokenKind>[] = [
  rule('(', /[ \t]*\([ \t]*/y),
  rule('comma', /[ \t]*,[ \t]*/y),
  rule(')', /[ \t]*\)/y),
  rule('[', /\[[ \t]*/y),
  rule(']', /[ \t]*\]/y),
  rule('{', /\{[ \t]*/y),
  rule('}', /[ \t]*\}/y),
  rule('colon', /[ \t]*:[ \t]*/y),
  rule('equal', /[ \t]*=[ \t]*/y),
  ...WORD_RULES,
  rule('quoted', /"(?:(?:\\\\)*|[\s\S]*?[^\\](?:\\\\)*)"|'(?:(?:\\\\)*|[\s\S]*?[^\\](?:\\\\)*)'/y),
];
const WITH_INTERPOLATION = [...RULES, rule('interpolation', /\$\{[^}]+\}/y)];

/** Splits the value part of an override, which starts at `start`, into tokens; the last is `end`. */
export function tokenize(text: string, start: number): Token[] {
  const tokens: Token[] = [];
  // beyond it nothing is looked for that would need one: many `${` left open would take the square of their number
  const lastBrace = text.lastIndexOf('}');
  let position = start;
  while (position < text.length) {
    const match = longestMatch(position < lastBrace ? WITH_INTERPOLATION : RULES, text, position);
    if (match === null) return unexpected(text, position, start);
    tokens.push({ kind: match.kind, text: match.text, position });
    position += match.text.length;
  }
  tokens.push({ kind: 'end', text: '', position });
  return tokens;
}

function unexpected(text: string, position: number, start: number): never {
  const char = String.fromCodePoint(text.codePointAt(position)!);
  const message = char === '"' || char === "'" ? `the quote ${char} is not closed` : `unexpected '${char}'`;
  throw new OverrideSyntaxError(text, position, message, asText(text, start));
}
