import { ConfigError } from '../problems.js';
import { quoteText } from './quote.js';

/** Characters of an override that are shown around the place. */
const SHOWN = 100;

/** An override that cannot be read: where, why, and a form that can, ready for the shell. */
export class OverrideSyntaxError extends ConfigError {
  readonly override: string;
  /** Index in `override`. */
  readonly position: number;

  /** @param remedy the way out, such as `asText(override, valueStart)` */
  constructor(override: string, position: number, message: string, remedy = '') {
    const line = `override '${override}': ${message} at character ${position + 1}`;
    super([remedy === '' ? line : `${line}; ${remedy}`]);
    this.name = 'OverrideSyntaxError';
    this.override = override;
    this.position = position;
  }

  /** The override with a caret under the place. */
  get caret(): string {
    return draw(this.override, this.position);
  }
}

/** How to pass the value, which starts at `valueStart`, as text. */
export function asText(override: string, valueStart: number): string {
  return `to pass it as text: ${textForm(override, valueStart)}`;
}

/** The override with its value quoted. */
export function textForm(override: string, valueStart: number): string {
  return shellQuote(override.slice(0, valueStart).trimEnd() + quoteText(override.slice(valueStart), '"'));
}

/** One word for a shell. */
export function shellQuote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * Two lines for below a problem of one line: the override it names, and a caret under the place. Null for problems that
 * name no place, and for lists of problems.
 */
export function drawPlace(problem: string): string | null {
  const start = "override '".length;
  if (!problem.startsWith("override '")) return null;
  // the override ends at the first quote after which a place follows that lies in it
  for (let end = problem.indexOf("': ", start); end >= 0; end = problem.indexOf("': ", end + 1)) {
    const position = Number(/ at character (\d+)(?:;|$)/.exec(problem.slice(end))?.[1] ?? NaN) - 1;
    if (position <= end - start) return draw(problem.slice(start, end), position);
  }
  return null;
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
