import { z } from 'zod';
import type { JsonMap } from '../core/canonical-json.js';
import { CaptureError, type ErrorKind } from '../core/errors.js';
import { expectation } from '../core/expectation.js';
import { suggest } from '../core/nearest.js';
import { shown } from './shown.js';

/** Problems that are named; after a list of bad seeds nobody reads on. */
const MOST = 5;

/**
 * Options another program gave, with the types and ranges of the schema.
 * @throws CaptureError of that kind, one line that names each option that does not hold
 */
export function parseOptions<S extends z.ZodType>(schema: S, options: unknown, kind: ErrorKind): z.output<S> {
  const { data, error } = schema.safeParse(asTyped(options));
  if (error === undefined) return data;
  const lines = error.issues.flatMap((issue) => describeIssue(issue, schema, options));
  const more = lines.length > MOST ? [`and ${lines.length - MOST} more`] : [];
  throw new CaptureError(kind, [...lines.slice(0, MOST), ...more].join('; '));
}

/** Plain data with its whole numbers as integers, which configurations keep apart from floats. */
export function asTyped(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(asTyped);
  if (!isPlain(value)) return value;
  const given = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(given.map(([key, inner]) => [key, asTyped(inner)]));
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A value as JSON of a configuration has it, see `asTyped`. */
const json: z.ZodType<JsonMap[string]> = z.lazy(() =>
  z.union([z.null(), z.boolean(), z.string(), z.bigint(), z.number(), z.array(json), jsonMap()], {
    error: 'expected plain JSON',
  }),
);

/** Keys and values of the user's own, of any depth. */
export const jsonMap = (): z.ZodType<JsonMap> => z.record(z.string(), json);

function describeIssue(issue: z.core.$ZodIssue, schema: z.ZodType, options: unknown): string[] {
  const key = pathText(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const names = namesAt(schema, issue.path);
    return issue.keys.map((name) => {
      return `unknown option '${pathText([...issue.path, name])}', ${suggest(name, names)}`;
    });
  }
  const value = valueAt(options, issue.path);
  const expected = expectation(issue);
  if (value === undefined) return [`${key === '' ? 'options are' : `${key} is`} not given, ${expected}`];
  const actual = expected.startsWith('expected') ? `, not ${shown(value)}` : '';
  return [`${key}: ${expected}${actual}`];
}

/** `record.columns[0]`. */
const pathText = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');

function valueAt(options: unknown, path: readonly PropertyKey[]): unknown {
  let value = options;
  for (const part of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[part];
  return value;
}

/** Names that the schema has under a path. */
function namesAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let node: z.core.JSONSchema.JSONSchema = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' });
  for (const part of path) node = (node.properties?.[String(part)] ?? {}) as typeof node;
  return Object.keys(node.properties ?? {});
}
