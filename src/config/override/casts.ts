import type { ConfigValue } from '../node.js';
import { pythonStr } from '../python-text.js';
import { floatValue } from '../tokens.js';
import { namedSubject, refuseUnknownNames, type Call, type Fail } from './call.js';
import { makeChoice, makeRange } from './make-sweep.js';
import { isSweep, type Element, type IntervalSweep, type RangeNumber, type Sweep } from './sweeps.js';

type Castable = boolean | bigint | number | string;
type Cast = (value: Castable, fail: Fail) => Castable;

const CASTS: ReadonlyMap<string, Cast> = new Map<string, Cast>([
  ['int', toInt],
  ['float', toFloat],
  ['str', (value) => (typeof value === 'boolean' ? String(value) : pythonStr(value))],
  ['bool', toBool],
]);

export const CAST_NAMES: readonly string[] = [...CASTS.keys()];

/** `int(3.9)`, `str([1,2])`, `float(1,2)`: a cast of a value, of each value inside it, or of each value of a sweep. */
export function castCall(call: Call): Element {
  const { name, args, fail } = call;
  refuseUnknownNames(call, ['value']);
  const element = namedSubject(call, ['value']) ?? (args.length > 1 ? makeChoice(call) : args[0]);
  if (element === undefined) return fail(`'${name}' needs a value`);
  if (isSweep(element)) return castSweep(element, call);
  return castValue(element, call);
}

function castValue(value: ConfigValue, call: Call): ConfigValue {
  if (Array.isArray(value)) return value.map((item) => castValue(item, call));
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, castValue(item, call)]));
  if (value === null) return call.name === 'bool' ? false : call.fail(`'${call.name}' cannot take null`);
  return CASTS.get(call.name)!(value, call.fail);
}

/** A range and an interval are cast by their bounds, as Hydra does: `int(range(1.5,3.5))` is `range(1,3)`. */
function castSweep(sweep: Sweep, call: Call): Sweep {
  const { name, fail } = call;
  if (sweep.kind === 'choice')
    return { ...sweep, values: sweep.values.map((value) => castValue(value, call)) };
  const numeric = name === 'int' || name === 'float';
  if (sweep.kind === 'glob' || !numeric) {
    const remedy = sweep.kind === 'range' ? `write its values: ${name}(1,2,3)` : '';
    return fail(`'${name}' cannot take ${sweep.kind === 'interval' ? 'an' : 'a'} ${sweep.kind}`, remedy);
  }
  const bound = (value: RangeNumber): RangeNumber => castValue(value, call) as RangeNumber;
  if (sweep.kind === 'interval') return castInterval(sweep, bound);
  const { start, stop, step, reversed, shuffle } = sweep;
  return { ...makeRange(bound(start), bound(stop), bound(step), fail), reversed, shuffle };
}

const castInterval = (
  { start, end }: IntervalSweep,
  bound: (value: number) => RangeNumber,
): IntervalSweep => ({ kind: 'interval', start: Number(bound(start)), end: Number(bound(end)) });

function toInt(value: Castable, fail: Fail): bigint {
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

function toFloat(value: Castable, fail: Fail): number {
  if (typeof value !== 'string') return Number(value);
  if (!FLOAT_TEXT.test(value)) return fail(`'${value}' is not a number`);
  return floatValue(value.trim().replace(/infinity/i, 'inf'));
}

function toBool(value: Castable, fail: Fail): boolean {
  // nan counts as true, as in Python
  if (typeof value !== 'string') return Boolean(value) || Number.isNaN(value);
  if (/^true$/i.test(value)) return true;
  return /^false$/i.test(value) ? false : fail(`'${value}' is neither true nor false`);
}
