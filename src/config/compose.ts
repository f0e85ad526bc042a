import { Choices } from './defaults/choices.js';
import { expandDefaults, mergeOrder, type Part } from './defaults/expand.js';
import { Composition, type ComposedConfig } from './composition.js';
import { applySetting, chooseByEnvironment, environmentSettings, mistypedVariables } from './environment.js';
import { Resolution, type Environment } from './interpolation/resolve.js';
import { mergeInto } from './merge.js';
import { dictNode, toNode, type ConfigNode, type DictNode } from './node.js';
import { describeOrigin, type Origin } from './origin.js';
import { applyOverride } from './override/apply.js';
import { parseOverride } from './override/parse.js';
import { collect, ConfigError, refuse, withProblems, type Problem } from './problems.js';
import { searchRoots, type SearchRoot } from './search-path.js';
import { ConfigSource } from './source.js';
import type { Override } from './override/types.js';

export interface ComposeRequest {
  /** Folder of the config tree; null for the one in the package. */
  readonly configPath: string | null;
  /** A folder that is searched after the tree. */
  readonly configDir?: string | null;
  /** Config in the tree, such as `data_capture/config`. */
  readonly configName: string;
  /** As typed: `key=value`, `+key=value`, `group=option`, …, applied in order. */
  readonly overrides: readonly string[];
  /** For `${oc.env:…}` and the variables that set a key; the process's own by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** What composing may be given and may tell, beyond the configuration. */
export interface ComposeContext {
  /** What openSource gave for the same folders, so that many compositions read each file, and warn, once. */
  readonly source?: ConfigSource;
  /** Told of the tree after each step that may have changed it, with what made the step. */
  readonly onStep?: (root: DictNode, step: Step) => void;
}

/** Merging a file, or applying an environment variable or an override. */
export type Step =
  { readonly kind: 'part'; readonly part: Part } | { readonly kind: 'set'; readonly origin: Origin };

/**
 * Composes a configuration as Hydra does: load -> expand the defaults lists -> merge -> override -> resolve.
 * @throws ConfigError with one line for each problem
 */
export function compose(request: ComposeRequest, context: ComposeContext = {}): ComposedConfig {
  const problems: Problem[] = [];
  const composed = composeCollecting(request, problems, context);
  if (problems.length > 0) throw new ConfigError(problems);
  return composed;
}

/**
 * The same, but overrides that cannot be applied are left out and noted in `problems`, so that what the schema has to
 * say about the rest can be reported with them.
 */
export function composeCollecting(
  request: ComposeRequest,
  problems: Problem[],
  context: ComposeContext = {},
): Composition {
  const composition = composeUnresolved(request, problems, context);
  withProblems(problems, () => composition.tree);
  return composition;
}

/** The same before interpolation, which `tree` of the result does when asked. */
export function composeUnresolved(
  request: ComposeRequest,
  problems: Problem[],
  { source: opened, onStep }: ComposeContext = {},
): Composition {
  const env = request.env ?? process.env;
  const warnings: string[] = [];
  const parsed: Override[] = [];
  collect(request.overrides, problems, (text) => parsed.push(parseOverride(text)));
  return withProblems(problems, () => {
    const source = opened ?? sourceOf(request, parsed, env, (warning) => warnings.push(warning));
    const choices = new Choices();
    const settings = chooseByEnvironment(environmentSettings(env), source, choices);
    const values: Override[] = [];
    collect(parsed, problems, (override) => {
      if (override.key === SEARCH_PATH) return;
      refuseHydra(override);
      refuseClobbering(override, source);
      if (isGroupChoice(override, source)) choices.addOverride(override);
      else values.push(override);
    });
    const defaults = expandDefaults(request.configName, { source, choices, env });
    const root = mergeParts(mergeOrder(defaults), env, onStep);
    for (const setting of settings) {
      applySetting(root, setting);
      onStep?.(root, { kind: 'set', origin: setting.origin });
    }
    collect(values, problems, (override) => {
      applyOverride(root, override, env);
      onStep?.(root, { kind: 'set', origin: { kind: 'override', text: override.text } });
    });
    return new Composition({ origins: root, defaults, source, overrides: request.overrides, warnings, env });
  });
}

const SEARCH_PATH = 'hydra.searchpath';

/**
 * The folders of a request, opened: with them many compositions read each file once.
 * @param warn told, once for all of them, of folders that are not there and variables that are mistyped
 */
export function openSource(request: ComposeRequest, warn: (warning: string) => void): ConfigSource {
  const searchPath = request.overrides.filter((text) =>
    text.replace(/^\+*/, '').startsWith(`${SEARCH_PATH}=`),
  );
  return sourceOf(request, searchPath.map(parseOverride), request.env ?? process.env, warn);
}

/** The tree, `--config-dir`, and the folders that `hydra.searchpath` of the command line, else of the config, names. */
function sourceOf(
  { configPath, configDir, configName }: ComposeRequest,
  overrides: readonly Override[],
  env: Environment,
  warn: (warning: string) => void,
): ConfigSource {
  const source = ConfigSource.open(configPath, configDir);
  const roots = searchRootsOf(source, configName, overrides, env, warn);
  for (const warning of mistypedVariables(env)) warn(warning);
  return roots.length === 0 ? source : source.extended(roots);
}

function searchRootsOf(
  source: ConfigSource,
  configName: string,
  overrides: readonly Override[],
  env: Environment,
  warn: (warning: string) => void,
): SearchRoot[] {
  const override = overrides.find(({ key }) => key === SEARCH_PATH);
  const node =
    override === undefined
      ? (source.load(configName)?.searchPath ?? null)
      : toNode(override.value ?? null, { kind: 'override', text: override.text });
  return node === null ? [] : searchRoots(node, env, warn);
}

function refuseHydra({ key, text }: Override): void {
  if (/^hydra(?:[./]|$)/.test(key)) {
    const way =
      key === 'hydra.mode' ? 'to run a sweep add --multirun (-m)' : "results go where 'output' says";
    refuse(`override '${text}': this program has no Hydra runtime to configure; ${way}`);
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

function mergeParts(parts: readonly Part[], env: Environment, onStep: ComposeContext['onStep']): DictNode {
  const root = dictNode({ kind: 'file', file: parts[0]?.config.file ?? '', line: 1, column: 1 });
  const follow = (path: readonly string[]): ConfigNode | null => followQuietly(root, path, env);
  for (const part of parts) {
    const { config, package: package_ } = part;
    const { searchPath } = config;
    if (searchPath !== null && part.parent !== null) {
      refuse(
        `${describeOrigin(searchPath.origin)}: hydra.searchpath counts only in the config that is started`,
      );
    }
    mergeInto(root, embed(config.body, package_), { follow });
    onStep?.(root, { kind: 'part', part });
  }
  return root;
}

/** The container an interpolation stands for so far; null when that cannot be told yet. */
function followQuietly(root: DictNode, path: readonly string[], env: Environment): ConfigNode | null {
  try {
    return new Resolution(root, env).container(path);
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
