import {
  longestMatch,
  unescape,
  WORD_RULES,
  wordValue,
  type Match,
  type Rule,
  type WordKind,
} from '../tokens.js';
import type { Scalar } from '../node.js';
import type { InterpolationParser } from './parse.js';
import type { Scanner } from './scanner.js';
import type { Element, Interpolation } from './syntax.js';

type Piece = Match<WordKind | 'colon'> | Interpolation;

const COLON: Rule<'colon'> = { kind: 'colon', pattern: /[ \t]*:[ \t]*/y };
const RULES: readonly Rule<WordKind | 'colon'>[] = [COLON, ...WORD_RULES];
const END = /[ \t]*[\]},]/y;

const isMatch = (piece: Piece): piece is Match<WordKind | 'colon'> => 'text' in piece;

/** Values inside `${resolver:…}`: words, quoted text, lists, dicts, interpolations. */
export class ElementParser {
  readonly #scanner: Scanner;
  readonly #parser: InterpolationParser;

  constructor(scanner: Scanner, parser: InterpolationParser) {
    this.#scanner = scanner;
    this.#parser = parser;
  }

  /** Arguments with the closing brace; one left out is the empty string, as OmegaConf has it (with a warning). */
  argumentsUntilBrace(): Element[] {
    return this.#sequence(/[ \t]*\}/y, () => this.#orEmpty());
  }

  element(): Element {
    return this.#scanner.nested(() => this.#element());
  }

  #element(): Element {
    if (this.#scanner.match(/\[[ \t]*/y) !== null) {
      return { kind: 'list', items: this.#sequence(/[ \t]*\]/y, () => this.#orEmpty()) };
    }
    if (this.#scanner.match(/\{[ \t]*/y) !== null) {
      return { kind: 'dict', entries: this.#sequence(/[ \t]*\}/y, () => this.#entry()) };
    }
    const quote = this.#scanner.match(/["']/y) as '"' | "'" | null;
    if (quote !== null) return { kind: 'text', text: this.#parser.text(quote), quoted: true };
    return primitive(this.#words(true), this.#scanner);
  }

  #orEmpty(): Element {
    const { text, position } = this.#scanner;
    END.lastIndex = position;
    if (END.test(text)) return { kind: 'scalar', value: '' };
    return this.element();
  }

  #entry(): readonly [Scalar, Element] {
    const key = primitive(this.#words(false), this.#scanner);
    if (key.kind !== 'scalar') return this.#scanner.fail('a key cannot be an interpolation');
    if (this.#scanner.match(COLON.pattern) === null) this.#scanner.fail("expected ':' after the key");
    return [key.value, this.element()];
  }

  #sequence<T>(close: RegExp, item: () => T): T[] {
    const items: T[] = [];
    if (this.#scanner.match(close) !== null) return items;
    for (;;) {
      items.push(item());
      if (this.#scanner.match(close) !== null) return items;
      if (this.#scanner.match(/[ \t]*,[ \t]*/y) === null)
        this.#scanner.fail("expected ',' or a closing bracket");
    }
  }

  #words(value: boolean): Piece[] {
    const pieces: Piece[] = [];
    for (;;) {
      if (value && this.#scanner.take('${')) {
        pieces.push(this.#parser.interpolation());
        continue;
      }
      END.lastIndex = this.#scanner.position;
      if (END.test(this.#scanner.text)) return pieces;
      const word = longestMatch(value ? RULES : WORD_RULES, this.#scanner.text, this.#scanner.position);
      if (word === null) return pieces;
      this.#scanner.position += word.text.length;
      pieces.push(word);
    }
  }
}

function primitive(pieces: readonly Piece[], scanner: Scanner): Element {
  const [first] = pieces;
  if (first === undefined) return scanner.fail('expected a value');
  if (pieces.length === 1 && isMatch(first)) {
    return {
      kind: 'scalar',
      value: first.kind === 'colon' ? first.text : wordValue(first as Match<WordKind>),
    };
  }
  if (pieces.every(isMatch)) return { kind: 'scalar', value: pieces.map(wordText).join('') };
  return { kind: 'text', text: pieces.map((p) => (isMatch(p) ? wordText(p) : p)), quoted: false };
}

const wordText = ({ kind, text }: Match<WordKind | 'colon'>): string =>
  kind === 'escape' ? unescape(text) : text;
