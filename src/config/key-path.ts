/** Parts of a dotted key as OmegaConf splits it: `a.b`, `a[0].b`, `[a]`. */
export function splitKey(key: string): string[] {
  const head = /^[^.[]*/.exec(key)![0];
  const rest = key.slice(head.length);
  const parts = [...rest.matchAll(/\.([^.[]*)|\[(.*?)\]/g)].map((m) => m[1] ?? m[2]!);
  return head === '' && rest.startsWith('[') ? parts : [head, ...parts];
}

/** A list index as written (`0`, `12`), or null. */
export function listIndex(part: string): number | null {
  return /^[+-]?\d+$/.test(part) ? Number(part) : null;
}
