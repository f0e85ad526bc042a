import type { ConfigValue, Scalar } from '../node.js';
import { pythonStr } from '../python-text.js';
import { floatValue } from '../tokens.js';

const SWEEPS = ['choice', 'range', 'interval', 'glob', 'sort', 'shuffle', 'tag'];

type Fail = (message: string) => never;
type Cast = (
  value: Exclude<ConfigValue, ConfigValue[] | Map<string, ConfigValue> | null>,
  fail: Fail,
) => ConfigValue;

const CASTS: ReadonlyMap<string, Cast> = new Map<string, Cast>([
  ['int', toInt],
  ['float', toFloat],
  ['str', (value) => (typeof value === 'boolean' ? String(value) : pythonStr(value))],
  ['bool', toBool],
]);

/** `int(3.9)`, `str([1,2])`: a cast applied to a value, or to each value inside it. */
export function callFunction(
  name: string,
  args: readonly ConfigValue[],
  named: ReadonlyMap<string, ConfigValue>,
  fail: Fail,
): ConfigValue {
  if (SWEEPS.includes(name)) fail(`'${name}(…)' is for --multirun, which is not supported yet`);
  const cast = CASTS.get(name);
  if (cast === undefined) {
    return fail(`unknown function '${name}'; valid: ${[...CASTS.keys()].join(', ')}`);
  }
  const values = [...args, ...named.values()];
  const unknown = [...named.keys()].find((key) => key !== 'value');
  if (unknown !== undefined) fail(`'${name}' has no argument '${unknown}'`);
  if (values.length !== 1) {
    fail(
      values.length === 0
        ? `'${name}' needs a value`
        : `'${name}' of several values is for --multirun, which is not supported yet`,
    );
  }
  return mapValues(values[0]!, (value) =>
    value === null ? fail(`'${name}' cannot take null`) : cast(value, fail),
  );
}

function mapValues(value: ConfigValue, cast: (value: Scalar) => ConfigValue): ConfigValue {
  if (Array.isArray(value)) return value.map((item) => mapValues(item, cast));
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, mapValues(item, cast)]));
  return cast(value);
}

function toInt(value: boolean | bigint | number | string, fail: Fail): ConfigValue {
  if (typeof value === 'string') {
    if (/^\s*[-+]?[0-9]+(?:_[0-9]+)*\s*$/.test(value))
      return BigInt(value.replaceAll('_', '').replace('+', ''));
    return fail(`'${value}' is not an integer`);
  }
  if (typeof value === 'number' && !Number.isFinite(value)) fail(`${pythonStr(value)} is not an integer`);
  return BigInt(typeof value === 'number' ? Math.trunc(value) : value);
}

const FLOAT_TEXT =
  /^\s*[-+]?(?:(?:[0-9]+(?:_[0-9]+)*\.?(?:[0-9]+(?:_[0-9]+)*)?|\.[0-9]+(?:_[0-9]+)*)(?:e[-+]?[0-9]+(?:_[0-9]+)*)?|inf|infinity|nan)\s*$/i;

function toFloat(value: boolean | bigint | number | string, fail: Fail): ConfigValue {
  if (typeof value !== 'string') return Number(value);
  if (!FLOAT_TEXT.test(value)) return fail(`'${value}' is not a number`);
  return floatValue(value.trim().replace(/infinity/i, 'inf'));
}

function toBool(value: boolean | bigint | number | string, fail: Fail): ConfigValue {
  if (typeof value !== 'string') return Boolean(value);
  if (/^true$/i.test(value)) return true;
  return /^false$/i.test(value) ? false : fail(`'${value}' is neither true nor false`);
}
