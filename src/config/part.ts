import type { Composition } from './composition.js';
import { toValue, type ConfigValue } from './node.js';
import { refuse } from './problems.js';
import { dottedKeys } from './select.js';
import { suggestName } from './suggest.js';

/**
 * A part of a configuration by its package, such as `env.wind`; the whole for null and `_global_`.
 * @param resolve whether interpolations are resolved; otherwise they stand as written
 * @throws ConfigError when there is no such part
 */
export function configPart(composition: Composition, name: string | null, resolve: boolean): ConfigValue {
  const whole = resolve ? composition.tree : toValue(composition.origins);
  if (name === null || name === '_global_') return whole;
  let value: ConfigValue | undefined = whole;
  for (const key of name.split('.')) {
    value = value instanceof Map ? value.get(key) : Array.isArray(value) ? value[Number(key)] : undefined;
  }
  if (value !== undefined) return value;
  return refuse(
    `--package: there is no '${name}' in the config; ${suggestName(name, dottedKeys(composition.origins))}`,
  );
}
