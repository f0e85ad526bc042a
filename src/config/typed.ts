import type { z } from 'zod';
import { expectation } from '../core/expectation.js';
import { toValue, type ConfigMap, type ConfigNode, type ConfigValue } from './node.js';
import { describeOrigin, type Origin } from './origin.js';
import { ConfigError } from './problems.js';
import { configSchema, type CaptureConfig } from './schema.js';
import { schemaKeys } from './schema-keys.js';
import { suggestKey } from './suggest.js';
import { quoteValue } from './override/quote.js';
import type { ComposedConfig } from './composition.js';

type Path = readonly PropertyKey[];

/** A composed configuration with the types and ranges of the schema; throws all problems at once, each with its origin. */
export function checkConfig(composed: Pick<ComposedConfig, 'tree' | 'origins'>): CaptureConfig {
  const missing = missingKeys(composed.tree);
  const result = configSchema.safeParse(toPlain(composed.tree));
  const problems = missing.map((path) => describeMissing(path, composed));
  for (const path of notFinite(composed.tree)) {
    problems.push(
      `${path.join('.')}: expected a finite number, which JSON can hold (${originOf(composed.origins, path)})`,
    );
  }
  if (result.success && problems.length === 0) return result.data;
  const isMissing = new Set(missing.map((path) => path.join('.')));
  for (const issue of result.error?.issues ?? []) {
    if (!isMissing.has(issue.path.join('.'))) problems.push(...describeIssue(issue, composed));
  }
  throw new ConfigError(problems);
}

/** Maps as the plain objects zod reads. */
function toPlain(value: ConfigValue): unknown {
  if (Array.isArray(value)) return value.map(toPlain);
  if (!(value instanceof Map)) return value;
  const plain = Object.create(null) as Record<string, unknown>;
  for (const [key, item] of value) plain[key] = toPlain(item);
  return plain;
}

/** Paths of the values that are still `???`. */
const missingKeys = (tree: ConfigValue): string[][] => pathsWhere(tree, (value) => value === '???');

/** Paths under `vars` that are infinite or no number; elsewhere the schema refuses them. */
const notFinite = (tree: ConfigMap): string[][] =>
  pathsWhere(tree, (value) => typeof value === 'number' && !Number.isFinite(value)).filter(
    ([top]) => top === 'vars',
  );

function pathsWhere(
  value: ConfigValue,
  matches: (value: ConfigValue) => boolean,
  path: readonly string[] = [],
): string[][] {
  if (matches(value)) return [[...path]];
  const entries = value instanceof Map ? [...value] : Array.isArray(value) ? [...value.entries()] : [];
  return entries.flatMap(([key, item]) => pathsWhere(item, matches, [...path, String(key)]));
}

function describeMissing(path: readonly string[], { origins }: Pick<ComposedConfig, 'origins'>): string {
  const key = path.join('.');
  return `no value for '${key}' (??? in ${originOf(origins, path)}); give one with '${key}=…'`;
}

function describeIssue(
  issue: z.core.$ZodIssue,
  { tree, origins }: Pick<ComposedConfig, 'tree' | 'origins'>,
): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((name) => {
      const path = [...issue.path, name];
      const key = path.join('.');
      const hint = suggestKey(key, schemaKeys(tree)) ?? 'keys of your own go under vars';
      return `unknown key '${key}' (${originOf(origins, path)}); ${hint}`;
    });
  }
  const key = issue.path.join('.');
  const value = valueAt(tree, issue.path);
  if (value === undefined) return [`no value for '${key}'; give one with '${key}=…'`];
  const where = originOf(origins, issue.path);
  const isPart = !(value instanceof Map) && schemaKeys(tree).some((other) => other.startsWith(`${key}.`));
  if (isPart) return [`${key}: expected a mapping, not ${shown(value)} (${where})${namedPart(key, value)}`];
  const expected = expectation(issue);
  const actual = expected.startsWith('expected') ? `, not ${shown(value)}` : '';
  return [`${key}: ${expected}${actual} (${where})`];
}

/** `policy=random` where no group of that name chooses it, as in the configuration that a run keeps. */
function namedPart(key: string, value: ConfigValue): string {
  if (key !== 'policy' || typeof value !== 'string') return '';
  return `; this config has no group '${key}', so write: '~${key}' '+${key}={name: ${value}}'`;
}

/** A value as it would be typed, cut short. */
function shown(value: ConfigValue): string {
  const text = typeof value === 'string' ? `'${value}'` : quoteValue(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}

function valueAt(tree: ConfigMap, path: Path): ConfigValue | undefined {
  let value: ConfigValue | undefined = tree;
  for (const part of path) {
    value =
      value instanceof Map ? value.get(String(part)) : Array.isArray(value) ? value[Number(part)] : undefined;
  }
  return value;
}

/** Where a value was written; that of the nearest container when it came about by interpolation. */
function originOf(root: ConfigNode, path: Path): string {
  let node = root;
  let origin: Origin = root.origin;
  for (const part of path) {
    const next =
      node.kind === 'dict'
        ? node.entries.get(String(part))
        : node.kind === 'list'
          ? node.items[Number(part)]
          : undefined;
    if (next === undefined) break;
    node = next;
    origin = node.origin;
  }
  const written = node.kind === 'scalar' ? toValue(node) : null;
  const interpolated = typeof written === 'string' && written.includes('${') ? `${written} in ` : '';
  return interpolated + describeOrigin(origin);
}
