import type { ConfigValue } from '../node.js';
import { pythonRepr } from '../python-text.js';
import { shuffled } from '../sweep/shuffle.js';
import { namedSubject, refuseUnknownNames, type Call, type Fail } from './call.js';
import { makeChoice, refuseNull } from './make-sweep.js';
import { describeElement, isSweep, type ChoiceSweep, type Element, type RangeSweep } from './sweeps.js';

/** `sort(3,1,2)`, `sort(range(5),reverse=true)`, `sort([b,a])` */
export function sortCall(call: Call): Element {
  const { args, named, fail } = call;
  refuseUnknownNames(call, ['sweep', 'list', 'reverse']);
  const reverse = named.get('reverse') ?? false;
  if (typeof reverse !== 'boolean')
    return fail(`'reverse' is true or false, not ${describeElement(reverse)}`);
  const subject = subjectOf(call);
  if (subject === null) {
    if (args.length === 0) fail("'sort' needs values");
    const nested = args.find((arg) => typeof arg === 'object');
    if (nested !== undefined)
      fail(`'sort' of several values cannot take ${describeElement(nested)} among them`);
    const choice = makeChoice(call);
    return { ...choice, values: sortValues(choice.values, reverse, fail) };
  }
  if (Array.isArray(subject)) return sortValues(subject, reverse, fail);
  const sweep = listable(call, subject);
  if (sweep === null) return subject;
  if (sweep.kind === 'choice') {
    return { ...sweep, values: sortValues(sweep.values, reverse, fail), shuffle: null };
  }
  return { ...sweep, reversed: Number(sweep.step) > 0 === reverse, shuffle: null };
}

/** `shuffle(1,2,3,seed=7)`, `shuffle(range(5))`, `shuffle([a,b])` */
export function shuffleCall(call: Call): Element {
  const { args, named, fail } = call;
  refuseUnknownNames(call, ['sweep', 'list', 'seed']);
  const seed = seedOf(named.get('seed') ?? 0n, fail);
  const subject = subjectOf(call);
  if (subject === null) {
    if (args.length === 0) fail("'shuffle' needs values");
    return { ...makeChoice(call), shuffle: seed };
  }
  if (Array.isArray(subject)) return shuffled(subject, seed);
  const sweep = listable(call, subject);
  return sweep === null ? [subject as ConfigValue] : { ...sweep, shuffle: seed };
}

function seedOf(seed: Element, fail: Fail): number {
  const number = Number(seed);
  if (typeof seed === 'bigint' && seed >= 0n && Number.isSafeInteger(number)) return number;
  return fail(`'seed' is an integer from 0 to 2^53 - 1, not ${describeElement(seed)}`);
}

/** The single list, sweep or value to bring in order; null when there are several values or none. */
function subjectOf(call: Call): Element | null {
  refuseNull(call);
  const { name, args, named, fail } = call;
  const subject = namedSubject(call, ['list', 'sweep']);
  if (subject === null) return args.length === 1 ? args[0]! : null;
  const kind = (named.get('list') ?? null) === null ? 'sweep' : 'list';
  if (kind === 'list' ? Array.isArray(subject) : isSweep(subject)) return subject;
  return fail(`'${name}' takes a ${kind} as '${kind}', not ${describeElement(subject)}`);
}

/** A sweep whose values have an order; null for a plain value. */
function listable({ name, fail }: Call, subject: Element): ChoiceSweep | RangeSweep | null {
  if (!isSweep(subject)) return null;
  if (subject.kind === 'choice' || subject.kind === 'range') return subject;
  return fail(`'${name}' cannot take ${describeElement(subject)}`);
}

/** As Python sorts: numbers and booleans by value, text by code point, lists item by item; equal ones stay in order. */
function sortValues(values: readonly ConfigValue[], reverse: boolean, fail: Fail): ConfigValue[] {
  return values.toSorted((a, b) => (reverse ? comparePython(b, a, fail) : comparePython(a, b, fail)));
}

function comparePython(a: ConfigValue, b: ConfigValue, fail: Fail): number {
  if (isNumber(a) && isNumber(b)) {
    if (Number.isNaN(a) || Number.isNaN(b)) fail("'sort' cannot place nan");
    return a < b ? -1 : a > b ? 1 : 0;
  }
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const order = comparePython(a[i]!, b[i]!, fail);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  return fail(
    `'sort' cannot compare ${pythonRepr(a)} with ${pythonRepr(b)}`,
    'sort takes values of one kind',
  );
}

const isNumber = (value: ConfigValue): value is boolean | bigint | number =>
  typeof value === 'boolean' || typeof value === 'bigint' || typeof value === 'number';
