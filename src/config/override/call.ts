import { suggestName } from '../suggest.js';
import type { Element } from './sweeps.js';

/** Refuses a function call. `remedy` follows the place in the text. */
export type Fail = (message: string, remedy?: string) => never;

/** A function call in an override, its arguments read. */
export interface Call {
  readonly name: string;
  readonly args: readonly Element[];
  readonly named: ReadonlyMap<string, Element>;
  readonly fail: Fail;
}

/** Arguments by parameter, given by place or by name; those left out are not there. */
export function bindParameters(call: Call, parameters: readonly string[]): ReadonlyMap<string, Element> {
  const { name, args, named, fail } = call;
  if (args.length > parameters.length) {
    fail(`'${name}' takes at most ${parameters.length} values, not ${args.length}`);
  }
  refuseUnknownNames(call, parameters);
  const bound = new Map(args.map((arg, i): [string, Element] => [parameters[i]!, arg]));
  for (const [key, value] of named) {
    if (bound.has(key)) fail(`'${name}' is given '${key}' twice`);
    bound.set(key, value);
  }
  return bound;
}

export function refuseUnknownNames({ name, named, fail }: Call, known: readonly string[]): void {
  const unknown = [...named.keys()].find((key) => !known.includes(key));
  if (unknown !== undefined) {
    fail(`'${name}' has no argument '${unknown}'`, known.length > 0 ? suggestName(unknown, known) : '');
  }
}

/** The one thing a function works on when it can be given by place or by one of some names; null when by place. */
export function namedSubject({ name, args, named, fail }: Call, names: readonly string[]): Element | null {
  const given = names.filter((key) => (named.get(key) ?? null) !== null);
  if (given.length > 1) fail(`'${name}' takes either '${given[0]}' or '${given[1]}'`);
  const [key] = given;
  if (key === undefined) return null;
  if (args.length > 0) fail(`'${name}' takes values either by place or as '${key}'`);
  return named.get(key)!;
}
