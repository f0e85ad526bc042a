import { ConfigError } from '../problems.js';
import { quoteText } from './quote.js';

/** An override that cannot be read: where, why, and a form that can, ready for the shell. */
export class OverrideSyntaxError extends ConfigError {
  readonly override: string;
  /** Index in `override`. */
  readonly position: number;

  /** @param valueStart where the value starts, when quoting it as text would do */
  constructor(override: string, position: number, message: string, valueStart?: number) {
    const remedy = valueStart === undefined ? '' : `; to pass it as text: ${shellForm(override, valueStart)}`;
    super([`override '${override}': ${message} at character ${position + 1}${remedy}`]);
    this.name = 'OverrideSyntaxError';
    this.override = override;
    this.position = position;
  }

  /** The override with a caret under the place. */
  get caret(): string {
    return `${this.override}\n${' '.repeat(this.position)}^`;
  }
}

function shellForm(override: string, valueStart: number): string {
  const corrected = override.slice(0, valueStart).trimEnd() + quoteText(override.slice(valueStart), '"');
  return `'${corrected.replaceAll("'", `'\\''`)}'`;
}
