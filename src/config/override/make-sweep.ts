import type { ConfigValue } from '../node.js';
import { pythonStr } from '../python-text.js';
import { bindParameters, refuseUnknownNames, type Call, type Fail } from './call.js';
import {
  describeElement,
  isSweep,
  type ChoiceSweep,
  type Element,
  type GlobSweep,
  type IntervalSweep,
  type RangeNumber,
  type RangeSweep,
  type Sweep,
} from './sweeps.js';

/** A choice among the values of a call, none of which may be several itself. */
export function makeChoice({ name, args, fail }: Call): ChoiceSweep {
  const values = args.map((arg): ConfigValue => {
    if (!isSweep(arg)) return arg;
    return fail(`'${name}' of several values cannot take ${describeElement(arg)} among them`);
  });
  return { kind: 'choice', values, bare: true, shuffle: null };
}

/** `choice(1,2,3)` */
export function choiceCall(call: Call): Sweep {
  const { args, fail } = call;
  refuseUnknownNames(call, []);
  if (args.length === 0) fail("'choice' needs a value");
  const [first] = args;
  if (args.length === 1 && isSweep(first!)) {
    if (first.kind === 'choice' && first.bare) return { ...first, bare: false };
    fail(`'choice' cannot take ${describeElement(first)}`, 'leave out the outer one');
  }
  refuseNull(call);
  return { ...makeChoice(call), bare: false };
}

/** Hydra's functions take null only inside lists and mappings. */
export function refuseNull({ name, args, fail }: Call): void {
  if (args.includes(null)) fail(`'${name}' cannot take null`, 'values with null are listed alone: null,1,2');
}

/** `range(stop)`, `range(start,stop,step)` */
export function rangeCall(call: Call): RangeSweep {
  const bound = bindParameters(call, ['start', 'stop', 'step']);
  const number = (key: string): RangeNumber => numberOf(call, key, bound.get(key));
  const step = bound.has('step') ? number('step') : 1n;
  if ((bound.get('stop') ?? null) === null) return makeRange(0n, number('start'), step, call.fail);
  return makeRange(number('start'), number('stop'), step, call.fail);
}

export function makeRange(start: RangeNumber, stop: RangeNumber, step: RangeNumber, fail: Fail): RangeSweep {
  const endless = [start, stop, step].find((value) => !Number.isFinite(Number(value)));
  if (typeof endless === 'number') fail(`a range takes finite numbers, not ${pythonStr(endless)}`);
  if (Number(step) === 0) fail('a range cannot have the step 0', "write 'range(start,stop,step)'");
  return { kind: 'range', start, stop, step, reversed: false, shuffle: null };
}

/** `interval(0,1)` */
export function intervalCall(call: Call): IntervalSweep {
  const bound = bindParameters(call, ['start', 'end']);
  const number = (key: string): number => Number(numberOf(call, key, bound.get(key)));
  return { kind: 'interval', start: number('start'), end: number('end') };
}

/** Booleans are numbers to Python. */
function numberOf({ name, fail }: Call, key: string, value: Element | undefined): RangeNumber {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  if (typeof value === 'boolean') return BigInt(value);
  if (value === undefined) return fail(`'${name}' needs '${key}'`);
  return fail(`'${name}' takes numbers; '${key}' is ${describeElement(value)}`);
}

/** `glob(m*)`, `glob([a*,b*],exclude=*x)` */
export function globCall(call: Call): GlobSweep {
  const bound = bindParameters(call, ['include', 'exclude']);
  const include = patternsOf(call, bound.get('include') ?? null);
  if (include === null) return call.fail("'glob' needs a pattern");
  return { kind: 'glob', include, exclude: patternsOf(call, bound.get('exclude') ?? null) ?? [] };
}

function patternsOf({ fail }: Call, element: Element): string[] | null {
  if (element === null) return null;
  return (Array.isArray(element) ? element : [element]).map((pattern) =>
    typeof pattern === 'string'
      ? pattern
      : fail(`a pattern of 'glob' is text, not ${describeElement(pattern)}`),
  );
}

/** `tag(name,sweep)`: the sweep, since tags say something to sweepers of others only. */
export function tagCall(call: Call): Sweep {
  const { args, named, fail } = call;
  refuseUnknownNames(call, ['sweep']);
  const all = [...args, ...named.values()];
  const sweep = all.at(-1);
  if (args.length === 0 || sweep === undefined || !isSweep(sweep) || sweep.kind === 'glob') {
    return fail("'tag' ends with a choice, range or interval", "write 'tag(name,choice(1,2))'");
  }
  const wrong = all.slice(0, -1).find((name) => typeof name !== 'string');
  if (wrong !== undefined) fail(`a tag is text, not ${describeElement(wrong)}`);
  return sweep;
}
