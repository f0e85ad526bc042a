import { CaptureError, type ErrorKind } from './errors.js';
import { suggest } from './nearest.js';

/** A folder's variants by name; looking up an unknown one names the nearest that exists. */
export interface Registry<T> {
  readonly names: readonly string[];
  get(name: string): T;
  has(name: string): boolean;
}

/**
 * @param what what a variant is called in messages, e.g. `policy`
 * @param variants one entry a variant; values may be loaders (`() => import('./x.js')`)
 */
export function createRegistry<T>(
  what: string,
  variants: Readonly<Record<string, T>>,
  kind: ErrorKind = 'config',
): Registry<T> {
  const byName = new Map(Object.entries(variants));
  const names = [...byName.keys()];
  return {
    names,
    has: (name) => byName.has(name),
    get(name) {
      const variant = byName.get(name);
      if (variant === undefined) {
        throw new CaptureError(kind, `unknown ${what} '${name}'`, { hint: suggest(name, names) });
      }
      return variant;
    },
  };
}
