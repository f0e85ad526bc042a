import { InterpolationSyntaxError } from './syntax.js';

/** As in YAML files. */
const MAX_DEPTH = 100;

/** A place in a text that moves forward. */
export class Scanner {
  readonly text: string;
  position = 0;
  #depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  get done(): boolean {
    return this.position >= this.text.length;
  }

  sees(literal: string): boolean {
    return this.text.startsWith(literal, this.position);
  }

  take(literal: string): boolean {
    if (!this.sees(literal)) return false;
    this.position += literal.length;
    return true;
  }

  /** What a sticky pattern matches here, consumed; null without a match. */
  match(pattern: RegExp): string | null {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text);
    if (found === null) return null;
    this.position += found[0].length;
    return found[0];
  }

  /** Reads something that may hold more of its kind; too much of that is refused before the stack ends. */
  nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) this.fail(`nested more than ${MAX_DEPTH} levels deep`);
    const result = read();
    this.#depth--;
    return result;
  }

  fail(message: string): never {
    throw new InterpolationSyntaxError(message, this.position);
  }
}
