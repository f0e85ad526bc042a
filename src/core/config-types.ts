import { z } from 'zod';

/**
 * Building blocks for the config schema fragments of every part. A composed config keeps integers (bigint) and
 * floats (number) apart, as its hash does; these read them, refuse one for the other where it matters, and give
 * plain numbers.
 */
interface Range {
  min?: number;
  max?: number;
  /** Value must be larger than `min`, not equal. */
  exclusive?: true;
}

function inRange(value: number, { min, max, exclusive }: Range): boolean {
  if (min !== undefined && (exclusive === true ? value <= min : value < min)) return false;
  return max === undefined || value <= max;
}

function rangeText({ min, max, exclusive }: Range): string {
  const parts: string[] = [];
  if (min !== undefined) parts.push(`${exclusive === true ? '>' : '>='} ${min}`);
  if (max !== undefined) parts.push(`<= ${max}`);
  return parts.length === 0 ? '' : ` ${parts.join(' and ')}`;
}

function jsonRange({ min, max, exclusive }: Range): Record<string, number> {
  return {
    ...(min === undefined ? {} : { [exclusive === true ? 'exclusiveMinimum' : 'minimum']: min }),
    ...(max === undefined ? {} : { maximum: max }),
  };
}

/** An integer written as one (`5`, not `5.0`), at most 2^53−1. */
export function int(range: Range = {}) {
  const bounded: Range = { max: Number.MAX_SAFE_INTEGER, ...range };
  // the bound that every integer has is named to those who meet it
  const error = ({ input }: { input: unknown }): string => {
    const tooLarge = typeof input === 'bigint' && !inRange(Number(input), { max: Number.MAX_SAFE_INTEGER });
    return `expected an integer${rangeText(tooLarge ? bounded : range)}`;
  };
  return z
    .bigint({ error })
    .refine((value) => inRange(Number(value), bounded), { error })
    .transform(Number)
    .meta({ type: 'integer', ...jsonRange(range) });
}

/** A finite number, written as an integer or a float. */
export function float(range: Range = {}) {
  const error = `expected a number${rangeText(range)}`;
  return z
    .union([z.bigint(), z.number()], { error })
    .transform(Number)
    .refine((value) => Number.isFinite(value) && inRange(value, range), { error })
    .meta({ type: 'number', ...jsonRange(range) });
}

/** Keys and values of the user's own, of any depth; they come out with plain numbers. */
export function freeMap() {
  return z.record(z.string(), z.unknown()).transform((map, context): Readonly<Record<string, unknown>> => {
    const plain = (value: unknown, path: PropertyKey[]): unknown => {
      if (Array.isArray(value)) return value.map((item, i) => plain(item, [...path, i]));
      if (typeof value === 'object' && value !== null) {
        return Object.fromEntries(
          Object.entries(value).map(([key, item]) => [key, plain(item, [...path, key])]),
        );
      }
      if (typeof value !== 'bigint' && typeof value !== 'number') return value;
      const number = Number(value);
      const exact = typeof value === 'bigint' ? Number.isSafeInteger(number) : Number.isFinite(number);
      if (exact) return number;
      const message = 'expected a finite number, as an integer at most 2^53 - 1';
      context.addIssue({ code: 'custom', path, message, input: value });
      return z.NEVER;
    };
    return plain(map, []) as Record<string, unknown>;
  });
}
