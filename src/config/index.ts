import { composeCollecting, composeUnresolved, type ComposeContext, type ComposeRequest } from './compose.js';
import type { ComposedConfig, Composition } from './composition.js';
import type { Explanation } from './explain.js';
import { ConfigError, withProblems, type Problem } from './problems.js';
import type { CaptureConfig } from './schema.js';

export { compose, openSource, type ComposeContext, type ComposeRequest } from './compose.js';
export type { ComposedConfig, Composition } from './composition.js';
export { mergeOrder, type Branch } from './defaults/expand.js';
export type { Explanation, Write } from './explain.js';
export { describeOrigin, type Origin } from './origin.js';
export { configPart } from './part.js';
export { flagOverrides, type CaptureFlags } from './flags.js';
export type { ConfigMap, ConfigValue } from './node.js';
export type { ConfigSource } from './source.js';
export { shellQuote } from './override/syntax-error.js';
export { ConfigError } from './problems.js';
export type { CaptureConfig } from './schema.js';
export { expandSweep, type SweepJob } from './sweep/expand.js';
export { toYaml } from './to-yaml.js';

/**
 * A composed configuration with the types and ranges of the schema. The schema, and zod with it, is loaded here and
 * not before, so that composing alone stays fast.
 * @throws ConfigError with one line for each problem, naming key, value, origin and what was expected
 */
export async function typed(composed: ComposedConfig): Promise<CaptureConfig> {
  const { checkConfig } = await import('./typed.js');
  return checkConfig(composed);
}

/**
 * Composes and checks in one go: what overrides, files and the schema have to say is reported together.
 * @throws ConfigError with one line for each problem
 */
export async function loadConfig(
  request: ComposeRequest,
  context: ComposeContext = {},
): Promise<{ readonly composed: Composition; readonly config: CaptureConfig }> {
  const problems: Problem[] = [];
  const composed = composeCollecting(request, problems, context);
  const { checkConfig } = await import('./typed.js');
  const config = withProblems(problems, () => checkConfig(composed));
  if (problems.length > 0) throw new ConfigError(problems);
  return { composed, config };
}

/**
 * Composes without resolving interpolations; the result does that when its `tree` is asked for.
 * @throws ConfigError with one line for each problem
 */
export function composeOnly(request: ComposeRequest): Composition {
  const problems: Problem[] = [];
  const composition = composeUnresolved(request, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return composition;
}

/**
 * How a key came to its value: the chain of files, environment variables and overrides.
 * @throws ConfigError for an unknown key, or a configuration that does not compose
 */
export async function explainKey(request: ComposeRequest, key: string): Promise<Explained> {
  const [{ explain }, { describeKeys }] = await Promise.all([
    import('./explain.js'),
    import('./schema-keys.js'),
  ]);
  const keys = describeKeys();
  const explanation = explain(
    request,
    key,
    keys.map((known) => known.key),
  );
  const schema = keys.find((known) => known.key === key)?.schema;
  return { ...explanation, description: schema?.description ?? null, builtIn: schema?.default };
}

export interface Explained extends Explanation {
  /** What the schema says of the key; null for keys of the user's own. */
  readonly description: string | null;
  /** What holds when nothing sets the key; undefined when something must. */
  readonly builtIn: unknown;
  /** What is odd about the configuration. */
  readonly warnings: readonly string[];
}

/** JSON Schema of the configuration. */
export async function jsonSchema(): Promise<object> {
  return (await import('./json-schema.js')).jsonSchema();
}
