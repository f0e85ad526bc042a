import { shown, type FindingCodeName } from '../../core/findings.js';
import type { StreamSchema } from '../../core/streams.js';
import { MAX_LIST_WIDTH, MAX_TEXT_LENGTH, type Field, type RowBatch } from '../row-batch.js';

export interface LineProblem {
  code: Extract<FindingCodeName, `line-${string}`>;
  message: string;
}

type JsonObject = Record<string, unknown>;
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const NOT_FINITE = /(?<![\w"])-?(?:NaN|Infinity)\b/g;

/**
 * Reads records in any key order and spacing, and says what is wrong with those that are none. Slow: for foreign
 * files, and for lines the fast reader declined.
 */
export class AnyLine {
  private readonly rows: RowBatch;
  /** Keys of the schema at the top, and within each nested object. */
  private readonly known = new Map<string, Set<string> | null>();
  /** A key outside the schema, seen since `clearUnknown`. */
  unknownKey: string | null = null;

  constructor(stream: StreamSchema, rows: RowBatch) {
    this.rows = rows;
    for (const { path } of stream.columns) {
      const [key, inner] = path;
      if (inner === undefined) this.known.set(key, null);
      else this.known.set(key, (this.known.get(key) ?? new Set<string>()).add(inner));
    }
  }

  /**
   * Reads a line into the row at hand: null when it is good, what is wrong with it, or `split` when the rows before
   * have to be handed on first (see RowBatch.setNullness).
   */
  read(line: Uint8Array): LineProblem | 'split' | null {
    let text: string;
    try {
      text = utf8.decode(line);
    } catch {
      return { code: 'line-encoding', message: 'the line is not valid UTF-8' };
    }
    if (text.trim() === '') return { code: 'line-blank', message: 'the line is empty' };
    let record: unknown;
    try {
      record = JSON.parse(text);
    } catch (error) {
      return notJson(text, error as Error);
    }
    if (!isObject(record))
      return { code: 'line-json', message: `expected an object, found ${shown(record)}` };
    let split = false;
    for (const field of this.rows.fields) {
      const { path } = field.column;
      const problem = this.set(field, record, path[0], path[1]);
      if (problem === 'split') split = true;
      else if (problem !== null) return problem;
    }
    this.unknownKey ??= this.findUnknown(record);
    return split ? 'split' : null;
  }

  private set(field: Field, record: JsonObject, key: string, inner?: string): LineProblem | 'split' | null {
    let value = Object.hasOwn(record, key) ? record[key] : undefined;
    if (inner !== undefined && value !== undefined) {
      if (!isObject(value)) return wrong(key, 'an object', value);
      value = Object.hasOwn(value, inner) ? value[inner] : undefined;
    }
    const name = inner === undefined ? key : `${key}.${inner}`;
    if (value === undefined) return { code: 'line-key', message: `the key ${name} is missing` };
    return this.setValue(field, name, value);
  }

  private setValue(field: Field, name: string, value: unknown): LineProblem | 'split' | null {
    const { type, nullable, min } = field.column;
    const row = this.rows.batch.rows;
    if (nullable === true && !this.rows.setNullness(field, value === null)) return 'split';
    if (value === null && nullable === true) return null;
    switch (type) {
      case 'text':
        if (typeof value !== 'string') return wrong(name, 'a string', value);
        if (value.length > MAX_TEXT_LENGTH) {
          return wrong(name, `a string of at most ${MAX_TEXT_LENGTH} characters`, value);
        }
        field.text.codes[row] = this.rows.codeOf(field, value);
        return null;
      case 'bool':
        if (typeof value !== 'boolean') return wrong(name, 'true or false', value);
        field.flags[row] = Number(value);
        return null;
      case 'int':
        if (!Number.isSafeInteger(value)) return wrong(name, 'an integer within ±(2^53 − 1)', value);
        break;
      case 'float':
        if (typeof value !== 'number') return wrong(name, 'a number', value);
        if (!Number.isFinite(value)) return tooLarge(name);
        break;
      case 'floats':
        return this.setList(field, name, value);
    }
    const number = value as number;
    if (min !== undefined && number < min) {
      return { code: 'line-range', message: `${name} is ${number}, below ${min}` };
    }
    field.numbers[row] = number + 0; // −0 is 0
    return null;
  }

  private setList(field: Field, name: string, value: unknown): LineProblem | null {
    const isList = Array.isArray(value) && value.every((item) => typeof item === 'number');
    if (!isList) return wrong(name, 'a list of numbers', value);
    const items: number[] = value;
    if (!items.every(Number.isFinite)) return tooLarge(name);
    if (items.length > MAX_LIST_WIDTH) {
      const message = `${name} has ${items.length} values, more than ${MAX_LIST_WIDTH}`;
      return { code: 'line-width', message };
    }
    if (
      this.rows.setList(
        field,
        items.map((item) => item + 0),
      )
    )
      return null;
    const message = `${name} has ${items.length} values, the lines before have ${field.list.width}`;
    return { code: 'line-width', message };
  }

  private findUnknown(record: JsonObject): string | null {
    for (const [key, value] of Object.entries(record)) {
      const inner = this.known.get(key);
      if (inner === undefined) return key;
      if (inner === null) continue;
      for (const name of Object.keys(value as JsonObject)) if (!inner.has(name)) return `${key}.${name}`;
    }
    return null;
  }
}

const wrong = (name: string, expected: string, value: unknown): LineProblem => ({
  code: 'line-type',
  message: `${name}: expected ${expected}, found ${shown(value)}`,
});

const tooLarge = (name: string): LineProblem => ({
  code: 'line-not-finite',
  message: `${name}: a number too large for a double`,
});

/** Python's json module writes NaN and infinities, which are no JSON. */
function notJson(text: string, error: Error): LineProblem {
  try {
    JSON.parse(text.replace(NOT_FINITE, '0'));
    return {
      code: 'line-not-finite',
      message: 'the line holds NaN or an infinity, which JSON does not have',
    };
  } catch {
    return { code: 'line-json', message: `not JSON: ${error.message}` };
  }
}
