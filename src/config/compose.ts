import { canonicalHash } from '../core/canonical-json.js';
import { Choices } from './defaults/choices.js';
import { expandDefaults, type Part } from './defaults/expand.js';
import { Resolution, resolveTree, type Environment } from './interpolation/resolve.js';
import { mergeInto } from './merge.js';
import { dictNode, type ConfigMap, type ConfigNode, type DictNode } from './node.js';
import { applyOverride } from './override/apply.js';
import { parseOverride } from './override/parse.js';
import { collect, ConfigError, refuse, withProblems } from './problems.js';
import { ConfigSource } from './source.js';
import type { Override } from './override/types.js';

export interface ComposeRequest {
  /** Folder of the config tree; null for the one in the package. */
  readonly configPath: string | null;
  /** Config in the tree, such as `data_capture/config`. */
  readonly configName: string;
  /** As typed: `key=value`, `+key=value`, `group=option`, …, applied in order. */
  readonly overrides: readonly string[];
  /** For `${oc.env:…}`; the process's own by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface ComposedConfig {
  /** The configuration, interpolations resolved: ints are bigint, floats number, mappings Map. */
  readonly tree: ConfigMap;
  /** The same before interpolation, with where every value was written. */
  readonly origins: DictNode;
  /** Config files read. */
  readonly sources: readonly string[];
  readonly overrides: readonly string[];
  /** `config_hash`: SHA-256 of the canonical JSON of `tree`. */
  readonly hash: string;
}

/**
 * Composes a configuration as Hydra does: load -> expand the defaults lists -> merge -> override -> resolve.
 * @throws ConfigError with one line for each problem
 */
export function compose(request: ComposeRequest): ComposedConfig {
  const problems: string[] = [];
  const composed = composeCollecting(request, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return composed;
}

/**
 * The same, but overrides that cannot be applied are left out and noted in `problems`, so that what the schema has to
 * say about the rest can be reported with them.
 */
export function composeCollecting(request: ComposeRequest, problems: string[]): ComposedConfig {
  const source = ConfigSource.open(request.configPath);
  const env = request.env ?? process.env;
  const choices = new Choices();
  const values: Override[] = [];
  collect(request.overrides, problems, (text) => {
    const override = parseOverride(text);
    refuseHydra(override);
    refuseClobbering(override, source);
    if (isGroupChoice(override, source)) choices.addOverride(override);
    else values.push(override);
  });
  return withProblems(problems, () => {
    const root = mergeParts(expandDefaults(request.configName, source, choices), env);
    collect(values, problems, (override) => applyOverride(root, override, env));
    const tree = resolveTree(root, env);
    return {
      tree,
      origins: root,
      sources: source.files,
      overrides: request.overrides,
      hash: canonicalHash(tree),
    };
  });
}

function refuseHydra({ key, text }: Override): void {
  if (/^hydra(?:[./]|$)/.test(key)) {
    refuse(
      `override '${text}': this program has no Hydra runtime to configure; results go where 'output' says`,
    );
  }
}

/** `env.plume=movie` would put a word where a group's content is; Hydra does it silently. */
function refuseClobbering({ key, text }: Override, source: ConfigSource): void {
  const group = key.replaceAll('.', '/');
  if (key.includes('.') && source.isGroup(group)) {
    refuse(`override '${text}': '${key}' is a group; write '${text.replace(key, group)}'`);
  }
}

/** An override of a key that is a group chooses an option, unless its value is a mapping to merge. */
function isGroupChoice({ key, value }: Override, source: ConfigSource): boolean {
  return !(value instanceof Map) && source.isGroup(key);
}

function mergeParts(parts: readonly Part[], env: Environment): DictNode {
  const root = dictNode({ kind: 'file', file: parts[0]?.config.file ?? '', line: 1, column: 1 });
  const follow = (path: readonly string[]): ConfigNode | null => followQuietly(root, path, env);
  for (const { config, package: package_ } of parts)
    mergeInto(root, embed(config.body, package_), { follow });
  return root;
}

/** The container an interpolation stands for so far; null when that cannot be told yet. */
function followQuietly(root: DictNode, path: readonly string[], env: Environment): ConfigNode | null {
  const resolution = new Resolution(root, env);
  try {
    const located = resolution.locate(path);
    const node = located === null ? null : resolution.dereference(located).node;
    return node?.kind === 'scalar' ? null : node;
  } catch (error) {
    if (error instanceof ConfigError) return null;
    throw error;
  }
}

/** A file's content at its package: `a.b` becomes `{a: {b: content}}`. */
function embed(body: DictNode, package_: string): DictNode {
  if (package_ === '') return body;
  return package_
    .split('.')
    .reverse()
    .reduce((inner, name) => dictNode(body.origin, new Map([[name, inner]])), body);
}
