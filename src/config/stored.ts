import { canonicalHash, type JsonMap, type JsonValue } from '../core/canonical-json.js';
import { dictNode, toNode, type ConfigMap, type ConfigValue, type DictNode } from './node.js';
import { parseOverride } from './override/parse.js';
import { quoteValue } from './override/quote.js';
import type { CaptureConfig } from './schema.js';
import { checkConfig } from './typed.js';

/** The configuration that a run has kept of its capture. */
export interface StoredConfig {
  readonly tree: ConfigMap;
  readonly hash: string;
  readonly config: CaptureConfig;
}

/**
 * Types and ranges of a configuration as run.json keeps it: resolved, integers and floats apart.
 * @param file named in errors
 * @throws ConfigError when it is not one of this version
 */
export function checkStored(json: JsonMap, file: string): StoredConfig {
  const tree = toConfig(json) as ConfigMap;
  const origins: DictNode = dictNode({ kind: 'run', file });
  for (const [key, value] of tree) origins.entries.set(key, toNode(value, origins.origin));
  return { tree, hash: canonicalHash(json), config: checkConfig({ tree, origins }) };
}

function toConfig(value: JsonValue): ConfigValue {
  if (Array.isArray(value)) return value.map(toConfig);
  if (typeof value !== 'object' || value === null) return value;
  const entries =
    value instanceof Map ? (value as ReadonlyMap<string, JsonValue>) : Object.entries(value as JsonMap);
  return new Map([...entries].map(([key, inner]): [string, ConfigValue] => [key, toConfig(inner)]));
}

/** Keys at which two configurations differ, as `key: this → that`. */
export function configDifferences(before: ConfigValue, after: ConfigValue): string[] {
  const found: string[] = [];
  const compare = (a: ConfigValue | undefined, b: ConfigValue | undefined, path: string): void => {
    if (a instanceof Map && b instanceof Map) {
      for (const key of new Set([...a.keys(), ...b.keys()])) {
        compare(a.get(key), b.get(key), path === '' ? key : `${path}.${key}`);
      }
    } else if (typed(a) !== typed(b)) {
      found.push(`${path}: ${written(a)} → ${written(b)}`);
    }
  };
  compare(before, after, '');
  return found;
}

/**
 * What overrides ask for that a configuration does not say, in the same form.
 * @throws ConfigError for what is no override
 */
export function overrideDifferences(tree: ConfigMap, overrides: readonly string[]): string[] {
  return overrides.flatMap((text) => {
    const { key, value } = parseOverride(text);
    const known = valueAt(tree, key.split(/[./]/));
    const said = typeof value === 'string' ? optionOf(known) : known;
    return typed(said) === typed(value) ? [] : [`${key}: ${written(said)} → ${written(value)}`];
  });
}

function valueAt(tree: ConfigValue, path: readonly string[]): ConfigValue | undefined {
  let value: ConfigValue | undefined = tree;
  for (const part of path) value = value instanceof Map ? value.get(part) : undefined;
  return value;
}

/** The option of a group by what its mapping is called, `name` of a policy, `backend` of `record`. */
const optionOf = (value: ConfigValue | undefined): ConfigValue | undefined =>
  value instanceof Map ? (value.get('name') ?? value.get('backend') ?? value) : value;

/** As text that keeps integers and floats apart. */
const typed = (value: ConfigValue | undefined): string => (value === undefined ? '' : canonicalHash(value));

const written = (value: ConfigValue | undefined): string =>
  value === undefined ? 'not there' : quoteValue(value);
