import { parseByteSize } from '../core/byte-size.js';
import { CaptureError } from '../core/errors.js';
import { suggest } from '../core/nearest.js';
import { compareText, nameOf, type FoundRun } from './run-entry.js';
import { stateOf, STATES } from './state.js';

type Value = string | number | null;

interface Field {
  /** Null where the run does not say; then no comparison holds. */
  of(run: FoundRun): Value | readonly string[];
  /** A value as somebody writes it. */
  read(text: string): string | number;
}

const asText = (text: string): string => text;

const count =
  (what: string) =>
  (text: string): number => {
    const number = Number(text);
    if (text.trim() !== '' && Number.isFinite(number)) return number;
    throw new CaptureError('usage', `--filter: ${what} '${text}' is not a number`);
  };

/** Date.parse takes anything with a number in it for a date. */
const DATE = /^(\d{4})-(\d\d)(?:-(\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?$/;

/** In UTC, as times are printed, unless it says otherwise. */
const time = (text: string): number => {
  const [, year, month, day, zone] = DATE.exec(text) ?? [];
  const epochMs = Date.parse(text.includes('T') && zone === undefined ? `${text}Z` : text);
  // 30 February is none
  const isDay =
    new Date(Date.UTC(Number(year), Number(month) - 1, Number(day ?? 1))).getUTCDate() === Number(day ?? 1);
  if (year !== undefined && isDay && !Number.isNaN(epochMs)) return epochMs;
  throw new CaptureError('usage', `--filter: '${text}' is not a date`, {
    hint: 'write 2026-11-21 or 2026-11-21T12:00:00Z',
  });
};

const oneOf =
  (names: readonly string[]) =>
  (text: string): string => {
    if (names.includes(text)) return text;
    throw new CaptureError('usage', `--filter: unknown value '${text}'`, { hint: suggest(text, names) });
  };

const bytes = (text: string): number =>
  /^\d+$/.test(text) ? Number(text) : parseByteSize('--filter bytes', text);

const finished = (value: (run: Extract<FoundRun, { kind: 'finished' }>) => Value): Field['of'] => {
  return (run) => (run.kind === 'finished' ? value(run) : null);
};

/** What runs are sorted and filtered by. */
const FIELDS: Readonly<Record<string, Field>> = {
  run: { of: nameOf, read: asText },
  experiment: { of: ({ experiment }) => experiment, read: asText },
  state: { of: stateOf, read: oneOf(STATES) },
  status: { of: finished(({ status }) => status), read: oneOf(['complete', 'aborted', 'recovered']) },
  started: { of: finished(({ startedMs }) => startedMs), read: time },
  ended: { of: finished(({ endedMs }) => endedMs), read: time },
  episodes: { of: finished(({ episodes }) => episodes), read: count('episodes') },
  steps: { of: finished(({ steps }) => steps), read: count('steps') },
  bytes: { of: (run) => run.bytes, read: bytes },
  pinned: { of: ({ marks }) => String(marks.pinned), read: oneOf(['true', 'false']) },
  tag: { of: ({ marks }) => marks.tags, read: asText },
};
/** What is only the same or another. */
const NAMES = new Set(['state', 'status', 'pinned', 'tag']);
const SORTABLE = Object.keys(FIELDS).filter((name) => name !== 'tag');

const FILTER = /^([a-z]+)(!=|<=|>=|=|<|>)(.+)$/s;

/**
 * A filter as `state=pending`, `ended>2026-11-01`, `bytes>=100MB`, `tag!=draft`.
 * @throws CaptureError `usage`
 */
export function parseFilter(text: string): (run: FoundRun) => boolean {
  const [, name, operator, wanted] = FILTER.exec(text) ?? [];
  if (name === undefined) {
    throw new CaptureError('usage', `--filter '${text}' is no comparison`, {
      hint: 'write state=pending, ended>2026-11-01, bytes>=100MB or tag!=draft',
    });
  }
  const field = fieldOf('--filter', name, Object.keys(FIELDS));
  if (NAMES.has(name) && operator !== '=' && operator !== '!=') {
    throw new CaptureError('usage', `--filter '${text}': a ${name} is not less or more than another`, {
      hint: `write ${name}=… or ${name}!=…`,
    });
  }
  const value = field.read(wanted!);
  return (run) => {
    const found = field.of(run);
    if (Array.isArray(found)) return found.includes(String(value)) === (operator === '=');
    return found !== null && compare(found as string | number, operator!, value);
  };
}

function compare(found: string | number, operator: string, value: string | number): boolean {
  switch (operator) {
    case '=':
      return found === value;
    case '!=':
      return found !== value;
    case '<':
      return found < value;
    case '>':
      return found > value;
    case '<=':
      return found <= value;
    default:
      return found >= value;
  }
}

/**
 * An order of runs: by a field, downwards with a `-` before it; runs that do not say come last.
 * @throws CaptureError `usage`
 */
export function parseSort(text: string): (a: FoundRun, b: FoundRun) => number {
  const down = text.startsWith('-');
  const field = fieldOf('--sort', down ? text.slice(1) : text, SORTABLE);
  return (a, b) => {
    const [x, y] = [field.of(a) as Value, field.of(b) as Value];
    if (x === y) return compareText(nameOf(a), nameOf(b));
    if (x === null || y === null) return x === null ? 1 : -1;
    return x < y === down ? 1 : -1;
  };
}

function fieldOf(flag: string, name: string, names: readonly string[]): Field {
  if (names.includes(name)) return FIELDS[name]!;
  throw new CaptureError('usage', `${flag}: unknown field '${name}'`, { hint: suggest(name, names) });
}
