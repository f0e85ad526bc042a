import { nearest } from '../core/nearest.js';
import type { Choices } from './defaults/choices.js';
import type { Environment } from './interpolation/resolve.js';
import { dictNode, toNode, type ConfigNode, type DictNode, type Scalar } from './node.js';
import type { Origin } from './origin.js';
import { escapeInterpolation } from './override/quote.js';
import { childOf } from './select.js';
import type { ConfigSource } from './source.js';

/** The environment variables that set a key, in the order in which they are applied. */
export const VARIABLES: ReadonlyMap<string, string> = new Map([
  ['PLUME_RECORD_BACKEND', 'record.backend'],
  ['PLUME_BUFFER_SIZE', 'record.performance.buffer.max_records'],
  ['PLUME_BUFFER_MEMORY_MB', 'record.performance.buffer.max_memory_mb'],
  ['PLUME_PARQUET_COMPRESSION', 'record.storage.parquet.compression'],
  ['PLUME_HDF5_COMPRESSION', 'record.storage.hdf5.compression'],
  ['PLUME_ASYNC_IO', 'record.performance.async_io.enabled'],
  ['PLUME_IO_WORKERS', 'record.performance.async_io.worker_threads'],
]);

/** A variable that is set; an empty one counts as not set, as in most programs. */
export interface Setting {
  readonly variable: string;
  readonly key: string;
  readonly text: string;
  readonly origin: Origin;
}

export function environmentSettings(env: Environment): Setting[] {
  return [...VARIABLES].flatMap(([variable, key]) => {
    const text = env[variable] ?? '';
    return text === '' ? [] : [{ variable, key, text, origin: { kind: 'environment', variable, text } }];
  });
}

/** Variables that are nearly one of ours: most likely mistyped, and without effect. */
export function mistypedVariables(env: Environment): string[] {
  return Object.keys(env).flatMap((name) => {
    if (!name.startsWith('PLUME_') || VARIABLES.has(name)) return [];
    const meant = nearest(name, VARIABLES.keys());
    return meant === undefined ? [] : [`environment variable ${name} is not read; did you mean ${meant}?`];
  });
}

/**
 * Settings that choose an option: the backend is one of the group `record`, with all that stands in its file. A tree
 * without that group (the one in a run directory, say) has the key alone.
 */
export function chooseByEnvironment(
  settings: readonly Setting[],
  source: ConfigSource,
  choices: Choices,
): Setting[] {
  return settings.filter(({ key, text, origin }) => {
    if (key !== 'record.backend' || !source.isGroup('record')) return true;
    choices.addEnvironment('record', text, origin);
    return false;
  });
}

/**
 * Sets the key, above what the files say. A variable of a format's own options means nothing to a tree without them:
 * who records in several formats sets those of all.
 */
export function applySetting(root: DictNode, { key, text, origin }: Setting): void {
  const parts = key.split('.');
  if (key.startsWith('record.storage.') && !hasSection(root, parts.slice(0, -1))) return;
  let here = root;
  for (const part of parts.slice(0, -1)) {
    let next: ConfigNode | undefined = childOf(here, part);
    if (next?.kind !== 'dict') here.entries.set(part, (next = dictNode(origin)));
    here = next;
  }
  here.entries.set(parts.at(-1)!, toNode(valueOf(text), origin));
}

function hasSection(root: DictNode, path: readonly string[]): boolean {
  let here: ConfigNode | undefined = root;
  for (const part of path) here = here?.kind === 'dict' ? childOf(here, part) : undefined;
  return here?.kind === 'dict';
}

/** What the text of a variable stands for: an integer, a number, a boolean, otherwise text. */
function valueOf(text: string): Scalar {
  if (/^[+-]?\d+$/.test(text)) return BigInt(text.replace('+', ''));
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (/^(?:true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return /^null$/i.test(text) ? null : escapeInterpolation(text);
}
