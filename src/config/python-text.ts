import { pythonFloat } from '../core/canonical-json.js';
import type { ConfigValue } from './node.js';

/** Values as Python prints them, because OmegaConf builds text from them that way: `True`, `None`, `[1, 'a']`. */
export function pythonStr(value: ConfigValue): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

export function pythonRepr(value: ConfigValue): string {
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return floatRepr(value);
  if (typeof value === 'string') return stringRepr(value);
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  return `{${[...value].map(([key, item]) => `${stringRepr(key)}: ${pythonRepr(item)}`).join(', ')}}`;
}

export function floatRepr(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return pythonFloat(value);
}

const NAMED: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function stringRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let out = '';
  for (const char of text) {
    const named = NAMED[char];
    if (named !== undefined) out += named;
    else if (char === quote) out += `\\${char}`;
    else if (char === ' ' || !/[\p{C}\p{Z}]/u.test(char)) out += char;
    else out += hexEscape(char.codePointAt(0)!);
  }
  return quote + out + quote;
}

function hexEscape(code: number): string {
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

/** `==` of Python: numbers and booleans by their value, containers item by item. */
export function pythonEquals(a: ConfigValue, b: ConfigValue): boolean {
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => pythonEquals(item, b[i]!));
  if (a instanceof Map) {
    if (!(b instanceof Map) || a.size !== b.size) return false;
    return [...a].every(([key, item]) => b.has(key) && pythonEquals(item, b.get(key)!));
  }
  // eslint-disable-next-line eqeqeq -- 1n, 1 and true are one number to Python
  return isNumeric(a) && isNumeric(b) ? a == b : a === b;
}

const isNumeric = (value: ConfigValue): value is boolean | bigint | number =>
  typeof value === 'boolean' || typeof value === 'bigint' || typeof value === 'number';
