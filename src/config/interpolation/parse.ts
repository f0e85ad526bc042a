import { ElementParser } from './elements.js';
import { Scanner } from './scanner.js';
import type { Call, Element, Interpolation, Reference, Text } from './syntax.js';

/** Parses a config string with interpolations: OmegaConf's grammar, by hand. */
export function parseText(text: string): Text {
  return new InterpolationParser(text).text(null);
}

/** Parses a string as one value, as `oc.decode` does. */
export function parseElement(text: string): Element {
  return new InterpolationParser(text).single();
}

const KEY = /[^\\{}()[\]:. \t'"]+/y;
const ID = /^[a-zA-Z_][a-zA-Z0-9_-]*$/;

export class InterpolationParser {
  readonly scanner: Scanner;
  readonly #elements: ElementParser;

  constructor(text: string) {
    this.scanner = new Scanner(text);
    this.#elements = new ElementParser(this.scanner, this);
  }

  /** Text up to a closing quote, or to the end when there is none. */
  text(quote: '"' | "'" | null): Text {
    const parts: (string | Interpolation)[] = [];
    const add = (piece: string): void => {
      const last = parts.at(-1);
      if (typeof last === 'string') parts[parts.length - 1] = last + piece;
      else parts.push(piece);
    };
    for (;;) {
      const { scanner } = this;
      if (scanner.done) {
        if (quote === null) return parts;
        scanner.fail(`the quote ${quote} is not closed`);
      }
      if (quote !== null && scanner.take(quote)) return parts;
      if (scanner.take('${')) {
        parts.push(this.interpolation());
        continue;
      }
      const slashes = scanner.match(/\\+/y);
      if (slashes !== null) add(this.#backslashes(slashes, quote));
      else
        add(scanner.match(quote === null ? /[^\\$]+|\$/y : quote === "'" ? /[^\\$']+|\$/y : /[^\\$"]+|\$/y)!);
    }
  }

  /** Backslashes count only before `${` and before the closing quote: there, two are one and an odd one escapes. */
  #backslashes(slashes: string, quote: string | null): string {
    const half = '\\'.repeat(Math.floor(slashes.length / 2));
    const odd = slashes.length % 2 === 1;
    if (this.scanner.sees('${')) {
      if (!odd) return half;
      this.scanner.take('${');
      return `${half}\${`;
    }
    if (quote !== null && this.scanner.sees(quote)) {
      if (!odd) return half;
      this.scanner.take(quote);
      return half + quote;
    }
    return slashes;
  }

  /** What follows `${`, with its closing brace. */
  interpolation(): Interpolation {
    return this.scanner.nested(() => this.#interpolation());
  }

  #interpolation(): Interpolation {
    this.scanner.match(/[ \t]+/y);
    const pieces: (string | Interpolation)[] = [];
    for (;;) {
      if (this.scanner.match(/[ \t]*\}/y) !== null) return this.#reference(pieces);
      if (this.scanner.match(/[ \t]*:[ \t]*/y) !== null) return this.#call(pieces);
      const mark = this.scanner.match(/[.[\]]/y) ?? this.scanner.match(KEY);
      if (mark !== null && !(mark.endsWith('$') && this.scanner.sees('{'))) pieces.push(mark);
      else if (mark === '$' && this.scanner.take('{')) pieces.push(this.interpolation());
      else this.scanner.fail(this.scanner.done ? "'${' is not closed with '}'" : 'unexpected character');
    }
  }

  #reference(pieces: readonly (string | Interpolation)[]): Reference {
    // DOT* key (DOT key | '[' key ']')*, where the first key may stand in brackets too
    const shape = pieces.map((p) => (typeof p === 'string' && /^[.[\]]$/.test(p) ? p : 'k')).join('');
    if (!/^\.*(?:k|\[k\])(?:\.k|\[k\])*$/.test(shape))
      this.scanner.fail("expected a key between '${' and '}'");
    return { kind: 'reference', pieces };
  }

  #call(pieces: readonly (string | Interpolation)[]): Call {
    const shape = pieces
      .map((p) => (p === '.' ? '.' : typeof p !== 'string' || ID.test(p) ? 'k' : '?'))
      .join('');
    if (!/^k(?:\.k)*$/.test(shape)) this.scanner.fail("expected the name of a resolver before ':'");
    return { kind: 'call', name: pieces, args: this.#elements.argumentsUntilBrace() };
  }

  single(): Element {
    const element = this.#elements.element();
    if (!this.scanner.done) this.scanner.fail('unexpected character');
    return element;
  }
}
