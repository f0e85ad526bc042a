import type { ConfigValue } from '../node.js';
import { unescape, wordValue, type Match, type WordKind } from '../tokens.js';
import { pythonRepr } from '../python-text.js';
import { callFunction } from './functions.js';
import type { Token, TokenKind } from './lexer.js';
import { OverrideSyntaxError } from './syntax-error.js';

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

/** Reads the value of an override: text, numbers, lists, mappings and the casts `int(…)`, `str(…)`, …. */
export class ValueParser {
  readonly #text: string;
  readonly #start: number;
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(text: string, start: number, tokens: readonly Token[]) {
    this.#text = text;
    this.#start = start;
    this.#tokens = tokens;
  }

  value(): ConfigValue {
    const value = this.#element();
    if (this.#here.kind === 'comma') {
      const listed = this.#text.slice(this.#start);
      this.#fail(
        `a list of values is for --multirun, which is not supported yet; for a list write [${listed}]`,
      );
    }
    if (this.#here.kind !== 'end') this.#unexpected();
    return value;
  }

  get #here(): Token {
    return this.#tokens[this.#index]!;
  }

  #take(kind: TokenKind): boolean {
    if (this.#here.kind !== kind) return false;
    this.#index++;
    return true;
  }

  #expect(kind: TokenKind): void {
    if (!this.#take(kind)) this.#unexpected();
  }

  #element(): ConfigValue {
    if (this.#take('[')) return this.#items(']', () => this.#element());
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
    return [key, this.#element()];
  }

  #call(name: Token): ConfigValue {
    this.#index += 2;
    const named = new Map<string, ConfigValue>();
    const args: ConfigValue[] = [];
    this.#items(')', () => {
      const isNamed = this.#here.kind === 'id' && this.#tokens[this.#index + 1]?.kind === 'equal';
      const key = isNamed ? this.#here.text : null;
      if (isNamed) this.#index += 2;
      else if (named.size > 0) this.#fail('an argument without a name follows one with a name');
      const value = this.#element();
      if (key === null) args.push(value);
      else named.set(key, value);
    });
    return callFunction(name.text, args, named, (message) => {
      throw new OverrideSyntaxError(this.#text, name.position, message);
    });
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
    throw new OverrideSyntaxError(this.#text, this.#here.position, message, this.#start);
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
