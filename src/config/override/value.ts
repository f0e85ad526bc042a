import type { ConfigValue } from '../node.js';
import { unescape, wordValue, type Match, type WordKind } from '../tokens.js';
import { pythonRepr } from '../python-text.js';
import type { Fail } from './call.js';
import { callFunction } from './functions.js';
import type { Token, TokenKind } from './lexer.js';
import { describeElement, isSweep, type Element } from './sweeps.js';
import { asText, OverrideSyntaxError } from './syntax-error.js';

/** Tokens that can stand in an unquoted value; keys of a mapping allow all but the last two. */
const WORDS: ReadonlySet<string> = new Set<TokenKind>([
  'id',
  'null',
  'int',
  'float',
  'bool',
  'char',
  'escape',
  'space',
]);

/** As deep as config files may be. */
const MAX_DEPTH = 100;

/** Reads the value of an override: text, numbers, lists, mappings, function calls and sweeps. */
export class ValueParser {
  readonly #text: string;
  readonly #start: number;
  readonly #tokens: readonly Token[];
  #index = 0;
  #depth = 0;

  constructor(text: string, start: number, tokens: readonly Token[]) {
    this.#text = text;
    this.#start = start;
    this.#tokens = tokens;
  }

  /** The whole value: one, or with commas between them several. */
  value(): Element {
    const first = this.#element();
    if (this.#atEnd()) return first;
    const values = [this.#requireOne(first, this.#start)];
    while (this.#take('comma')) values.push(this.#one());
    if (!this.#atEnd()) this.#unexpected();
    return { kind: 'choice', values, bare: true, shuffle: null };
  }

  get #here(): Token {
    return this.#tokens[this.#index]!;
  }

  #atEnd(): boolean {
    return this.#here.kind === 'end';
  }

  #take(kind: TokenKind): boolean {
    if (this.#here.kind !== kind) return false;
    this.#index++;
    return true;
  }

  #expect(kind: TokenKind): void {
    if (!this.#take(kind)) this.#unexpected();
  }

  /** An element that is not several values itself. */
  #one(): ConfigValue {
    const { position } = this.#here;
    return this.#requireOne(this.#element(), position);
  }

  #requireOne(element: Element, position: number): ConfigValue {
    if (!isSweep(element)) return element;
    throw new OverrideSyntaxError(
      this.#text,
      position,
      `${describeElement(element)} cannot be part of another value`,
      'sweep over the whole values: [1],[2]',
    );
  }

  #element(): Element {
    if (this.#depth === MAX_DEPTH) this.#fail(`nested more than ${MAX_DEPTH} levels deep`);
    this.#depth++;
    const element = this.#nested();
    this.#depth--;
    return element;
  }

  #nested(): Element {
    if (this.#take('[')) return this.#items(']', () => this.#one());
    if (this.#take('{')) return new Map(this.#items('}', () => this.#pair()));
    const token = this.#here;
    if (token.kind === 'id' && this.#tokens[this.#index + 1]?.kind === '(') return this.#call(token);
    if (token.kind === 'quoted') {
      this.#index++;
      if (this.#isWord(true)) this.#unexpected();
      return unquote(token.text);
    }
    return this.#words(true);
  }

  /** Items up to a closing bracket; none may be left out, and none may follow a last comma. */
  #items<T>(close: TokenKind, item: () => T): T[] {
    const items: T[] = [];
    if (this.#take(close)) return items;
    do items.push(item());
    while (this.#take('comma'));
    this.#expect(close);
    return items;
  }

  #pair(): readonly [string, ConfigValue] {
    const { position } = this.#here;
    const key = this.#words(false);
    if (typeof key !== 'string') {
      throw new OverrideSyntaxError(
        this.#text,
        position,
        `the key ${pythonRepr(key)} is not text; such a key is not supported`,
      );
    }
    this.#expect('colon');
    return [key, this.#one()];
  }

  #call(name: Token): Element {
    this.#index += 2;
    const named = new Map<string, Element>();
    const args: Element[] = [];
    this.#items(')', () => {
      const isNamed = this.#here.kind === 'id' && this.#tokens[this.#index + 1]?.kind === 'equal';
      const key = isNamed ? this.#here.text : null;
      if (isNamed) this.#index += 2;
      else if (named.size > 0) this.#fail('an argument without a name follows one with a name');
      const value = this.#element();
      if (key === null) args.push(value);
      else named.set(key, value);
    });
    const fail: Fail = (message, remedy = asText(this.#text, this.#start)) => {
      throw new OverrideSyntaxError(this.#text, name.position, message, remedy);
    };
    return callFunction({ name: name.text, args, named, fail });
  }

  #isWord(inValue: boolean): boolean {
    const { kind } = this.#here;
    return WORDS.has(kind) || (inValue && (kind === 'colon' || kind === 'interpolation'));
  }

  /** Words side by side are text; a single number, boolean or null is a value. Space around them does not count. */
  #words(inValue: boolean): ConfigValue {
    const words: Token[] = [];
    while (this.#isWord(inValue)) words.push(this.#tokens[this.#index++]!);
    if (words[0]?.kind === 'space' && words.length > 1) words.shift();
    if (words.at(-1)?.kind === 'space' && words.length > 1) words.pop();
    const [first] = words;
    if (first === undefined || first.kind === 'space') return this.#unexpected();
    if (words.length > 1) return words.map((w) => (w.kind === 'escape' ? unescape(w.text) : w.text)).join('');
    return first.kind === 'interpolation' || first.kind === 'colon'
      ? first.text
      : wordValue(first as Match<WordKind>);
  }

  #unexpected(): never {
    const { kind, text } = this.#here;
    return this.#fail(kind === 'end' ? 'the value ends too early' : `unexpected '${text.trim() || text}'`);
  }

  #fail(message: string): never {
    throw new OverrideSyntaxError(this.#text, this.#here.position, message, asText(this.#text, this.#start));
  }
}

/** The text of a quoted value: backslashes count only before a quote, where two are one and an odd one escapes. */
function unquote(quoted: string): string {
  const body = quoted.slice(1);
  const runs = quoted.startsWith("'") ? /\\+'/g : /\\+"/g;
  // Every second character: an even run, which only the closing quote can follow, loses that quote as well.
  const text = body.replace(runs, (run) => [...run].filter((_char, i) => i % 2 === 1).join(''));
  return body.at(-2) === '\\' ? text : text.slice(0, -1);
}
