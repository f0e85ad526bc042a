import { nearest } from '../core/nearest.js';

/**
 * The name somebody meant: one that continues what was typed (`surge` for `surge_and_cast`), else the nearest.
 */
function closest(name: string, candidates: readonly string[]): string | undefined {
  const longer = candidates.filter((c) => name.length >= 3 && c.startsWith(name));
  return longer.length === 1 ? longer[0] : nearest(name, candidates);
}

/** "did you mean 'x'?" when something is close, otherwise the first names that would do. */
export function suggestName(name: string, candidates: Iterable<string>): string {
  const all = [...candidates];
  const close = closest(name, all);
  if (close !== undefined) return `did you mean '${close}'?`;
  if (all.length === 0) return 'there is none';
  return `valid: ${all.slice(0, 20).join(', ')}${all.length > 20 ? ', …' : ''}`;
}

/**
 * "did you mean 'a.b'?" for a dotted key: the nearest beside it, then the nearest anywhere, then one with the same last
 * part (`grid_size` for `env.grid_size`).
 */
export function suggestKey(key: string, candidates: Iterable<string>): string | undefined {
  const { parent, last } = splitLast(key);
  const others = [...candidates].filter((other) => other !== key && !key.startsWith(`${other}.`));
  const siblings = others.map(splitLast).filter((other) => other.parent === parent);
  const sibling = closest(
    last,
    siblings.map((other) => other.last),
  );
  const close =
    (sibling === undefined ? undefined : parent + sibling) ??
    closest(key, others) ??
    others.find((candidate) => splitLast(candidate).last === last);
  return close === undefined ? undefined : `did you mean '${close}'?`;
}

/** `env.wind.speed` is `env.wind.` and `speed`. */
function splitLast(key: string): { parent: string; last: string } {
  const cut = key.lastIndexOf('.') + 1;
  return { parent: key.slice(0, cut), last: key.slice(cut) };
}
