import { composeUnresolved, type ComposeRequest, type Step } from './compose.js';
import type { Composition } from './composition.js';
import { referencesIn } from './interpolation/references.js';
import { Resolution } from './interpolation/resolve.js';
import { splitKey } from './key-path.js';
import { toValue, type ConfigNode, type ConfigValue } from './node.js';
import type { Origin } from './origin.js';
import { ConfigError, refuse, type Problem } from './problems.js';
import { dottedKeys } from './select.js';
import { suggestKey } from './suggest.js';

/** A value as one file, variable or override wrote it. */
export interface Write {
  /** Dotted: the key that was asked for, or one below it. */
  readonly key: string;
  /** As written, interpolations as text; undefined when the key was deleted. */
  readonly value: ConfigValue | undefined;
  readonly origin: Origin;
  /** Who chose the file it stands in: a line of a defaults list, a variable or an override; null for the started one. */
  readonly chosenBy: Origin | null;
}

/** How a key came to its value. */
export interface Explanation {
  readonly key: string;
  /** Resolved; undefined when nothing sets the key, so that the schema's default holds. */
  readonly value: ConfigValue | undefined;
  /** In the order in which they were applied: the last of a key counts. */
  readonly writes: readonly Write[];
  /** The keys that interpolations in it refer to. */
  readonly references: readonly Explanation[];
  /** The environment variables that interpolations in it read. */
  readonly variables: readonly { readonly name: string; readonly text: string | null }[];
}

/**
 * The value of a key and the chain of files, environment variables and overrides that made it.
 * @param knownKeys keys of the schema, to tell one that nothing sets from one that is mistyped
 * @throws ConfigError for an unknown key, or a configuration that does not compose
 */
export function explain(
  request: ComposeRequest,
  key: string,
  knownKeys: readonly string[],
): Explanation & { readonly warnings: readonly string[] } {
  const moments: Moment[] = [];
  const problems: Problem[] = [];
  const composition = composeUnresolved(request, problems, {
    onStep: (root, step) => moments.push({ step, leaves: leavesOf(root) }),
  });
  if (problems.length > 0) throw new ConfigError(problems);
  const explanation = explainParts(splitKey(key), { composition, moments, knownKeys, seen: new Set() });
  return { ...explanation, warnings: composition.warnings };
}

interface Leaf {
  readonly path: readonly string[];
  readonly node: ConfigNode;
  /** As it was then: later steps may put keys into an empty mapping. */
  readonly value: ConfigValue;
}

/** The tree after a step: every value and empty container, by its path. */
interface Moment {
  readonly step: Step;
  readonly leaves: ReadonlyMap<string, Leaf>;
}

interface Context {
  readonly composition: Composition;
  readonly moments: readonly Moment[];
  readonly knownKeys: readonly string[];
  /** Keys explained already, which are not explained again. */
  readonly seen: Set<string>;
}

function explainParts(parts: readonly string[], context: Context): Explanation {
  const { composition, moments, knownKeys, seen } = context;
  const key = parts.join('.');
  seen.add(key);
  const writes = [...writesOf(parts, moments), ...deletedGroups(parts, composition)];
  const resolution = new Resolution(composition.origins, composition.env);
  const located = resolution.locate(parts);
  const written = writes.some((write) => write.key === key || write.key.startsWith(`${key}.`));
  if (located === null && !written && !knownKeys.includes(key)) {
    const hint = suggestKey(key, new Set([...dottedKeys(composition.origins), ...knownKeys]));
    refuse(`there is no key '${key}'${hint === undefined ? '' : `; ${hint}`}`);
  }
  const final = [...(moments.at(-1)?.leaves.values() ?? [])].filter(({ path }) => isAbout(path, parts));
  const found = final.map(({ path, node }) => referencesIn(node, path));
  const others = found.flatMap(({ keys }) => keys).filter((other) => !seen.has(other.join('.')));
  const variables = new Set(found.flatMap(({ variables: names }) => names));
  return {
    key,
    value: located === null ? undefined : resolution.value(located),
    writes,
    references: others.map((other) => explainParts(other, context)),
    variables: [...variables].map((name) => ({ name, text: composition.env[name] ?? null })),
  };
}

/** `~policy` of a group leaves its files out, so that nothing is ever written. */
function deletedGroups(parts: readonly string[], { overrides, source }: Composition): Write[] {
  return overrides.flatMap((text) => {
    const group = /^~([^=@]+)/.exec(text)?.[1];
    if (group === undefined || !source.isGroup(group) || !isAbout(group.split('/'), parts)) return [];
    const origin = { kind: 'override', text } as const;
    return [{ key: group.replaceAll('/', '.'), value: undefined, origin, chosenBy: null }];
  });
}

function leavesOf(node: ConfigNode): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  const visit = (here: ConfigNode, path: readonly string[]): void => {
    const children: [string | number, ConfigNode][] =
      here.kind === 'dict' ? [...here.entries] : here.kind === 'list' ? [...here.items.entries()] : [];
    if (children.length === 0) leaves.set(JSON.stringify(path), { path, node: here, value: toValue(here) });
    for (const [name, child] of children) visit(child, [...path, String(name)]);
  };
  visit(node, []);
  return leaves;
}

/** Whether a value lies at the key or below it, or above it: `${…}` in the place of what holds the key. */
function isAbout(path: readonly string[], parts: readonly string[]): boolean {
  return path.slice(0, parts.length).every((part, i) => part === parts[i]);
}

/** What each step made of the key and the keys below it. */
function writesOf(parts: readonly string[], moments: readonly Moment[]): Write[] {
  const writes: Write[] = [];
  let before: ReadonlyMap<string, Leaf> = new Map();
  for (const { step, leaves } of moments) {
    const chosenBy = step.kind === 'part' && step.part.parent !== null ? step.part.chosenBy : null;
    for (const [id, { path, node, value }] of leaves) {
      if (!isAbout(path, parts) || before.get(id)?.node === node) continue;
      if (path.length < parts.length && node.kind !== 'scalar') continue;
      writes.push({ key: path.join('.'), value, origin: node.origin, chosenBy });
    }
    for (const [id, { path }] of before) {
      if (step.kind === 'part' || leaves.has(id) || !isAbout(path, parts)) continue;
      // a list or mapping that was replaced is told by what came in its place
      if ([...leaves.values()].some((leaf) => isAbout(leaf.path, path) || isAbout(path, leaf.path))) continue;
      writes.push({ key: path.join('.'), value: undefined, origin: step.origin, chosenBy: null });
    }
    before = leaves;
  }
  return writes;
}
