import type { ConfigValue } from '../node.js';

/** Several values for one key: Hydra's sweeps. Tags, which only sweepers of others look at, are not kept. */
export type Sweep = ChoiceSweep | RangeSweep | GlobSweep | IntervalSweep;

/** `a,b,c`, `choice(a,b,c)` */
export interface ChoiceSweep {
  readonly kind: 'choice';
  readonly values: readonly ConfigValue[];
  /** Written as a bare list of values, which `choice(…)` takes; it does not take another choice. */
  readonly bare: boolean;
  /** Seed of the order, or null for the values' own. */
  readonly shuffle: number | null;
}

/** `range(start,stop,step)`: start, start + step, … before stop. */
export interface RangeSweep {
  readonly kind: 'range';
  readonly start: RangeNumber;
  readonly stop: RangeNumber;
  /** Not zero. */
  readonly step: RangeNumber;
  /** From the last value to the first. */
  readonly reversed: boolean;
  readonly shuffle: number | null;
}

/** Finite; a range of floats only if one of its numbers is a float. */
export type RangeNumber = bigint | number;

/** `glob(pattern,exclude=pattern)`: the options of a group whose names match. */
export interface GlobSweep {
  readonly kind: 'glob';
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** `interval(start,end)`: for sweepers that search; ours cannot list its values. */
export interface IntervalSweep {
  readonly kind: 'interval';
  readonly start: number;
  readonly end: number;
}

/** What stands in a value of the override grammar. */
export type Element = ConfigValue | Sweep;

export function isSweep(element: Element): element is Sweep {
  return typeof element === 'object' && element !== null && 'kind' in element;
}

/** How messages name an element. */
export function describeElement(element: Element): string {
  if (element === null) return 'null';
  if (Array.isArray(element)) return 'a list';
  if (element instanceof Map) return 'a mapping';
  if (typeof element === 'object') return element.kind === 'interval' ? 'an interval' : `a ${element.kind}`;
  if (typeof element === 'string') return `the text '${element}'`;
  if (typeof element === 'boolean') return `the boolean ${element}`;
  return `the number ${element}`;
}
