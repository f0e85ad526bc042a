import { ConfigError } from '../problems.js';
import { escapeInterpolation, quoteText } from './quote.js';

/** Characters of an override that are shown around the place. */
const SHOWN = 100;
/** A longer override is named by its beginning. */
const LONG = 500;

/** An override that cannot be read: where, why, and a form that can, ready for the shell. */
export class OverrideSyntaxError extends ConfigError {
  readonly override: string;
  /** Index in `override`. */
  readonly position: number;

  /** @param remedy the way out, such as `asText(override, valueStart)` */
  constructor(override: string, position: number, message: string, remedy = '') {
    const named = override.length <= LONG ? override : `${override.slice(0, SHOWN)}…`;
    const line = `override '${named}': ${message} at character ${position + 1}`;
    super([{ line: remedy === '' ? line : `${line}; ${remedy}`, drawing: draw(override, position) }]);
    this.name = 'OverrideSyntaxError';
    this.override = override;
    this.position = position;
  }
}

/** How to pass the value, which starts at `valueStart`, as text. */
export function asText(override: string, valueStart: number): string {
  return `to pass it as text: ${textForm(override, valueStart)}`;
}

/** The override with its value quoted. */
export function textForm(override: string, valueStart: number): string {
  const value = escapeInterpolation(override.slice(valueStart));
  return shellQuote(override.slice(0, valueStart).trimEnd() + quoteText(value, '"'));
}

/** One word for a shell; with control characters in the form of bash, zsh and ksh, which shows them. */
export function shellQuote(word: string): string {
  if (!/\p{Cc}/u.test(word)) return `'${word.replaceAll("'", `'\\''`)}'`;
  const escaped = word
    .replaceAll(/[\\']/g, '\\$&')
    .replaceAll(/\p{Cc}/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `$'${escaped}'`;
}

/** The part of the override around the place, and the caret below. Control characters take one column each. */
function draw(override: string, position: number): string {
  const columns = [...override].map((char) => (/\p{Cc}/u.test(char) ? '␣' : char));
  const column = [...override.slice(0, position)].length;
  if (columns.length <= SHOWN) return `${columns.join('')}\n${' '.repeat(column)}^`;
  const start = Math.max(0, Math.min(column - SHOWN / 2, columns.length - SHOWN));
  const [before, after] = [start > 0 ? '…' : '', start + SHOWN < columns.length ? '…' : ''];
  const shown = before + columns.slice(start, start + SHOWN).join('') + after;
  return `${shown}\n${' '.repeat(column - start + before.length)}^`;
}
