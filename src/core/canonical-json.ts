import { createHash } from 'node:crypto';

/**
 * A JSON value that keeps integers and floats apart, as Python does: a bigint is an int, a number is a float.
 * Mappings are plain objects or Maps (a Map keeps integer-like keys in order).
 */
export type JsonValue =
  null | boolean | bigint | number | string | readonly JsonValue[] | JsonMap | ReadonlyMap<string, JsonValue>;
export interface JsonMap {
  readonly [key: string]: JsonValue;
}

/** A float as Python's `repr` prints it: always with a point or an exponent, exponents outside 1e-4..1e16. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (Object.is(value, -0)) return '-0.0';
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e16)) {
    const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
    const digits = exponent.slice(1).padStart(2, '0');
    return `${mantissa}e${exponent[0]}${digits}`;
  }
  const text = String(value);
  return text.includes('.') ? text : `${text}.0`;
}

/** A string as Python's json.dumps prints it with ensure_ascii. */
function asciiString(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Order by Unicode code point, as Python sorts strings (JavaScript's own order is by UTF-16 unit). */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) {
      // A surrogate stands for a code point above every other unit.
      const xHigh = x >= 0xd800 && x <= 0xdfff;
      const yHigh = y >= 0xd800 && y <= 0xdfff;
      return xHigh === yHigh ? x - y : xHigh ? 1 : -1;
    }
  }
  return a.length - b.length;
}

const isMap = (value: JsonValue): value is ReadonlyMap<string, JsonValue> => value instanceof Map;
const isArray = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);

/** The entries of either kind of mapping, in its own order. */
function jsonEntries(value: JsonMap | ReadonlyMap<string, JsonValue>): [string, JsonValue][] {
  return isMap(value) ? [...value] : Object.entries(value);
}

function print(value: JsonValue, sorted: boolean, indent: string): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return asciiString(value);
  if (typeof value === 'number') return pythonFloat(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  const inner = indent === '' ? '' : `${indent}  `;
  const [open, close, comma, colon] = indent === '' ? ['', '', ',', ':'] : [inner, indent, `,${inner}`, ': '];
  if (isArray(value)) {
    if (value.length === 0) return '[]';
    // Short lists of numbers read better on one line.
    if (value.every((v) => typeof v === 'bigint' || typeof v === 'number')) {
      return `[${value.map((v) => print(v, sorted, '')).join(indent === '' ? ',' : ', ')}]`;
    }
    return `[${open}${value.map((v) => print(v, sorted, inner)).join(comma)}${close}]`;
  }
  const entries = jsonEntries(value);
  if (entries.length === 0) return '{}';
  if (sorted) entries.sort((a, b) => compareCodePoints(a[0], b[0]));
  return `{${open}${entries.map(([k, v]) => asciiString(k) + colon + print(v, sorted, inner)).join(comma)}${close}}`;
}

/** Exactly Python's `json.dumps(value, sort_keys=True, separators=(",", ":"))`. */
export function canonicalJson(value: JsonValue): string {
  return print(value, true, '');
}

/** The same value on one line, keys in their own order. */
export function compactJson(value: JsonValue): string {
  return print(value, false, '');
}

/** The same value for people: two spaces of indent, keys in their own order, a final newline. */
export function prettyJson(value: JsonValue): string {
  return `${print(value, false, '\n')}\n`;
}

/** SHA-256 of the canonical JSON, 64 hex digits: `config_hash`, `env_config_hash` and `manifest_digest`. */
export function canonicalHash(value: JsonValue): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

const STRING = '"[^"\\\\]*(?:\\\\.[^"\\\\]*)*"';
/** Strings; numbers with a point or an exponent; integers that a double may not hold. */
const MARKED = new RegExp(
  `(${STRING})(\\s*:)?|(-?\\d+(?:\\.\\d+(?:[eE][+-]?\\d+)?|[eE][+-]?\\d+))|-?\\d{16,}`,
  'g',
);
const STRUCTURE = new RegExp(`(${STRING})\\s*(:?)|[{}[\\]]`, 'g');
/** Deeper than anything that is written down, and far from the end of the stack. */
const MAX_DEPTH = 500;

/**
 * Readers differ in which of two equal keys they take, so a digest over what one of them reads proves nothing; and
 * what works on a value goes as deep as it is nested.
 */
function checkStructure(text: string): void {
  const open: Set<string>[] = [];
  for (const [token, quoted, colon] of text.matchAll(STRUCTURE)) {
    if (token === '{' || token === '[') {
      if (open.push(new Set()) > MAX_DEPTH)
        throw new SyntaxError(`nested more than ${MAX_DEPTH} levels deep`);
    } else if (token === '}' || token === ']') open.pop();
    else if (colon === ':') {
      const keys = open.at(-1)!;
      const key = quoted!.includes('\\') ? (JSON.parse(quoted!) as string) : quoted!.slice(1, -1);
      if (keys.has(key)) throw new SyntaxError(`the key ${quoted} appears twice in one object`);
      keys.add(key);
    }
  }
}

/**
 * JSON.parse that keeps integers (bigint) and floats (number) apart.
 * @throws SyntaxError as JSON.parse does, for a key that appears twice in one object, and for what is nested too deep
 */
export function parseTypedJson(text: string): JsonValue {
  JSON.parse(text); // reports errors against the text as it stands
  checkStructure(text);
  // what is no short integer becomes a string, whose first letter says what it was: most numbers are seeds
  const marked = text.replace(MARKED, (token, quoted?: string, colon?: string, float?: string) => {
    if (quoted === undefined) return float === undefined ? `"i${token}"` : `"f${token}"`;
    return colon === undefined ? `"s${token.slice(1)}` : token;
  });
  return unmarked(JSON.parse(marked));
}

/** In place: a value may be a million numbers. */
function unmarked(value: unknown): JsonValue {
  if (typeof value === 'number') return BigInt(value);
  if (typeof value === 'string') {
    const text = value.slice(1);
    if (value.startsWith('s')) return text;
    return value.startsWith('f') ? Number(text) : BigInt(text);
  }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = unmarked(value[i]);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      const found = unmarked(inner);
      // assigning to this one key would do something else
      if (key === '__proto__') Object.defineProperty(value, key, { value: found });
      else (value as Record<string, unknown>)[key] = found;
    }
  }
  return value as JsonValue;
}

/** The same value with plain numbers and objects; integers beyond 2^53 lose precision. */
export function plainJson(value: JsonValue): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value === null || typeof value !== 'object') return value;
  if (isArray(value)) return value.map(plainJson);
  return Object.fromEntries(jsonEntries(value).map(([key, inner]) => [key, plainJson(inner)]));
}
