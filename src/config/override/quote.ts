import type { ConfigValue } from '../node.js';
import { floatRepr } from '../python-text.js';
import { refuse } from '../problems.js';
import { splitWords, wordValue } from '../tokens.js';

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

/** A value in the override grammar: `key=${quoteValue(value)}` sets exactly that value. */
export function quoteValue(value: ConfigValue): string {
  return write(value, escapeInterpolation);
}

/** The same for a value that an override gave: `${…}` in it interpolates, and goes on to do so. */
export function overrideText(value: ConfigValue): string {
  return write(value, (text) => text);
}

function write(value: ConfigValue, meaning: (text: string) => string): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return floatRepr(value);
  if (typeof value === 'string') return isPlain(value) ? value : quoteText(meaning(value));
  if (Array.isArray(value)) return `[${value.map((item) => write(item, meaning)).join(',')}]`;
  return `{${[...value].map(([key, item]) => `${writeKey(key)}:${write(item, meaning)}`).join(',')}}`;
}

/** Characters that a shell leaves alone and that mean nothing in an override. */
const HARMLESS = /^[\w./+%@-]+$/;

/** Whether it is read as this very text without quotes: `0x1` and `../b` are, `1` and `null` are not. */
function isPlain(text: string): boolean {
  const words = HARMLESS.test(text) ? splitWords(text) : null;
  return words !== null && (words.length > 1 || typeof wordValue(words[0]!) === 'string');
}

/** Keys of mappings take no quotes: what is special in them is escaped, and what looks like a number cannot be text. */
function writeKey(key: string): string {
  const escaped = key.replace(/[\\()[\]{}:=, \t]/g, '\\$&');
  const words = splitWords(escaped);
  if (words !== null && (words.length > 1 || (words[0] && typeof wordValue(words[0]) === 'string'))) {
    return escaped;
  }
  return refuse(`the key '${key}' cannot be written in an override; put it in a config file`);
}
