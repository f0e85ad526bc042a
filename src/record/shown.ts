import { inspect } from 'node:util';

const LONGEST = 60;

/** A value as a message quotes it, on one line and cut short. */
export function shown(value: unknown): string {
  if (value === undefined) return 'not given';
  const text = inspect(value, { breakLength: Infinity, depth: 1, maxArrayLength: 5 });
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}

export const isMapping = (value: unknown): value is object => typeof value === 'object' && value !== null;
