import { z } from 'zod';
import {
  canonicalJson,
  compactJson,
  parseTypedJson,
  type JsonMap,
  type JsonValue,
} from './canonical-json.js';
import { int } from './config-types.js';

/*
 * How the configurations of a results folder changed: one JSON line for each key that a capture changed, those of a
 * capture together. Null stands for a key that is not there, too, so the two are the same to the history.
 */

/** Given explicitly it names one run: no change of how runs are made. */
const NAMES_A_RUN = 'run_id';

/** No configuration has an infinity, and JSON no word for it: 1e999 is damage. */
const isFinite = (value: unknown): boolean =>
  typeof value === 'number'
    ? Number.isFinite(value)
    : typeof value !== 'object' || value === null || Object.values(value).every(isFinite);

/** Keeps the value as it is read, integers and floats apart. */
const anyValue = z
  .unknown()
  .refine(isFinite, 'expected a finite number')
  .transform((value) => (value ?? null) as JsonValue);

/** One line of config_history.jsonl. */
export const configEventSchema = z.object({
  /** ISO 8601 UTC. */
  ts: z.string(),
  event: z.literal('config_change'),
  experiment: z.string(),
  /** The run that was captured so. */
  run_id: z.string(),
  /** Dotted; a part with characters of its own is quoted: `vars["a.b"]`. */
  key: z.string(),
  old: anyValue,
  new: anyValue,
  /** As given to the capture. */
  reason: z.string().nullable(),
  /** Of the whole configuration as it is now. */
  config_hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** Events of this capture. Fewer lines than that: it was killed as it wrote them. */
  changes: int({ min: 1 }),
});
export type ConfigEvent = z.output<typeof configEventSchema>;

/** What a capture adds to the history besides its keys. */
export type CaptureFacts = Pick<ConfigEvent, 'ts' | 'experiment' | 'run_id' | 'reason' | 'config_hash'>;

/** @returns undefined for an event of another kind, null for a line that is damaged */
export function parseConfigEvent(line: string): ConfigEvent | undefined | null {
  let value: JsonValue;
  try {
    value = parseTypedJson(line);
  } catch {
    return null;
  }
  const kind = (value as { event?: unknown } | null)?.event;
  if (typeof kind === 'string' && kind !== 'config_change') return undefined;
  return configEventSchema.safeParse(value).data ?? null;
}

type Config = JsonMap | ReadonlyMap<string, unknown>;

/** The leaves of a configuration by dotted key, without `run_id`. A list is one value, and so is an empty mapping. */
export function flattenConfig(config: Config): Map<string, JsonValue> {
  const leaves = new Map<string, JsonValue>();
  const visit = (value: JsonValue, path: string): void => {
    const inner = entriesOf(value);
    if (inner.length === 0) leaves.set(path, value);
    else for (const [part, each] of inner) visit(each, joinKey(path, part));
  };
  for (const [key, value] of entriesOf(config as JsonValue)) {
    if (key !== NAMES_A_RUN) visit(value, joinKey('', key));
  }
  return leaves;
}

function entriesOf(value: JsonValue): [string, JsonValue][] {
  if (value instanceof Map) return [...(value as ReadonlyMap<string, JsonValue>)];
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMapping ? Object.entries(value as JsonMap) : [];
}

function joinKey(path: string, part: string): string {
  if (/[.[\]"]/.test(part) || part === '') return `${path}[${JSON.stringify(part)}]`;
  return path === '' ? part : `${path}.${part}`;
}

/**
 * The lines that lead from the last configuration of an experiment to this one, each with its line break.
 * @param before of no keys at the first capture, which states every key
 */
export function changeLines(
  before: ReadonlyMap<string, JsonValue>,
  config: Config,
  { ts, experiment, run_id, reason, config_hash }: CaptureFacts,
): string[] {
  const after = flattenConfig(config);
  const keys = [...new Set([...before.keys(), ...after.keys()])]
    .map((key) => ({ key, old: before.get(key) ?? null, new: after.get(key) ?? null }))
    .filter((change) => before.size === 0 || canonicalJson(change.old) !== canonicalJson(change.new));
  const changes = BigInt(keys.length);
  return keys.map((change) => {
    const event = 'config_change';
    return `${compactJson({ ts, event, experiment, run_id, ...change, reason, config_hash, changes })}\n`;
  });
}

/** How a line of ours begins; looking at no more is ten times as fast as reading it. */
const BEGINNING =
  /^\{"ts":"([^"]*)","event":"config_change","experiment":"([^"]*)","run_id":"([^"]*)","key":"((?:[^"\\]|\\.)*)",/;

/**
 * What the lines of a history come to for one experiment. Lines of others are hardly looked at, and values are read
 * only where they are still valid in the end: a history may have a hundred thousand lines.
 */
export class ExperimentHistory {
  private readonly experiment: string;
  private readonly lastLines = new Map<string, string>();
  private last: { line: string; capture: string; lines: number } | null = null;

  constructor(experiment: string) {
    this.experiment = experiment;
  }

  /** @returns false for a line that is damaged, as far as that shows: it is passed over */
  add(line: string): boolean {
    if (!line.startsWith('{') || !line.endsWith('}')) return false;
    if (!line.includes(`"${this.experiment}"`)) return true;
    const begin = beginningOf(line);
    if (begin === null || begin === undefined) return begin === undefined;
    const { capture, experiment, key } = begin;
    if (experiment !== this.experiment) return true;
    this.lastLines.set(key, line);
    const lines = this.last?.capture === capture ? this.last.lines + 1 : 1;
    this.last = { line, capture, lines };
    return true;
  }

  /** Whether the last capture had this configuration, and all its lines are there. */
  endsWith(configHash: string): boolean {
    const event = this.last === null ? null : parseConfigEvent(this.last.line);
    return event?.config_hash === configHash && event.changes === this.last?.lines;
  }

  /** The values by key; those of keys that are no longer there are null. Of no keys when there was no capture. */
  config(): Map<string, JsonValue> {
    const values = new Map<string, JsonValue>();
    for (const line of this.lastLines.values()) {
      const event = parseConfigEvent(line);
      if (event) values.set(event.key, event.new);
    }
    return values;
  }
}

/** @returns undefined for an event of another kind, null for a line that is damaged */
function beginningOf(line: string): { capture: string; experiment: string; key: string } | undefined | null {
  const found = BEGINNING.exec(line);
  if (found !== null) {
    const [, ts, experiment, runId, key] = found;
    return { capture: `${ts} ${runId}`, experiment: experiment!, key: key! };
  }
  // spaced by another program
  const event = parseConfigEvent(line);
  if (!event) return event;
  const { ts, experiment, run_id: runId, key } = event;
  return { capture: `${ts} ${runId}`, experiment, key: JSON.stringify(key).slice(1, -1) };
}
