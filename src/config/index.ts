import { composeCollecting, type ComposedConfig, type ComposeRequest } from './compose.js';
import { ConfigError, withProblems } from './problems.js';
import type { CaptureConfig } from './schema.js';

export { compose, type ComposedConfig, type ComposeRequest } from './compose.js';
export { flagOverrides, type CaptureFlags } from './flags.js';
export type { ConfigMap, ConfigValue } from './node.js';
export { ConfigError } from './problems.js';
export type { CaptureConfig } from './schema.js';
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
): Promise<{ readonly composed: ComposedConfig; readonly config: CaptureConfig }> {
  const problems: string[] = [];
  const composed = composeCollecting(request, problems);
  const { checkConfig } = await import('./typed.js');
  const config = withProblems(problems, () => checkConfig(composed));
  if (problems.length > 0) throw new ConfigError(problems);
  return { composed, config };
}

/** JSON Schema of the configuration. */
export async function jsonSchema(): Promise<object> {
  return (await import('./json-schema.js')).jsonSchema();
}
