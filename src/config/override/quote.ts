import type { ConfigValue } from '../node.js';
import { floatRepr } from '../python-text.js';
import { refuse } from '../problems.js';

/** Text in quotes of the override grammar: only quotes, and backslashes before one, are escaped. */
export function quoteText(text: string, quote: '"' | "'" = "'"): string {
  const escaped = text.replace(
    quote === "'" ? /(\\*)('|$)/g : /(\\*)("|$)/g,
    (_all, slashes: string, end: string) => slashes + slashes + (end === '' ? '' : `\\${end}`),
  );
  return quote + escaped + quote;
}

/** Text that stands for itself: `${` in it does not interpolate. */
export function escapeInterpolation(text: string): string {
  return text.replace(/(\\*)\$\{/g, (_all, slashes: string) => `${slashes}${slashes}\\\${`);
}

const PLAIN = /^[A-Za-z_/][A-Za-z0-9_./-]*$/;
const OTHER_VALUE = /^(?:null|true|false|inf|nan)$/i;

/** A value in the override grammar: `key=${quoteValue(value)}` sets exactly that value. */
export function quoteValue(value: ConfigValue): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return floatRepr(value);
  if (typeof value === 'string') {
    if (PLAIN.test(value) && !OTHER_VALUE.test(value)) return value;
    return quoteText(escapeInterpolation(value));
  }
  if (Array.isArray(value)) return `[${value.map(quoteValue).join(',')}]`;
  return `{${[...value].map(([key, item]) => `${quoteKey(key)}:${quoteValue(item)}`).join(',')}}`;
}

function quoteKey(key: string): string {
  if (PLAIN.test(key) && !OTHER_VALUE.test(key)) return key;
  return refuse(`the key '${key}' cannot be written in an override; put it in a config file`);
}
