import { cloneNode, isInterpolation, isMissing, type ConfigNode, type DictNode } from './node.js';
import { describeOrigin } from './origin.js';
import { refuse } from './problems.js';

export interface MergeOptions {
  /** Key of `into`. */
  readonly path?: readonly string[];
  /** Called for a key that `into` does not have; throws to refuse it. */
  readonly onNewKey?: (path: readonly string[]) => void;
  /** What an interpolation stands for, where a container is merged onto it; null when it stands for nothing yet. */
  readonly follow?: (path: readonly string[]) => ConfigNode | null;
}

/**
 * Merges `from` into `into` in place, as OmegaConf does: mappings by key, lists and values replaced, `???` never
 * overrides a value that is there; a key keeps its place in the order.
 */
export function mergeInto(into: DictNode, from: DictNode, options: MergeOptions = {}): void {
  for (const [key, next] of from.entries) {
    const path = [...(options.path ?? []), key];
    const current = into.entries.get(key);
    if (current === undefined) {
      options.onNewKey?.(path);
      into.entries.set(key, cloneNode(next));
    } else {
      into.entries.set(key, mergedNode(current, next, { ...options, path }));
    }
  }
}

/** What a value becomes when another is merged onto it; `current` may be changed in place. */
export function mergedNode(current: ConfigNode, next: ConfigNode, options: MergeOptions): ConfigNode {
  if (isMissing(next)) return current;
  const target = followed(current, next, options);
  if (target.kind === 'dict' && next.kind === 'dict') {
    mergeInto(target, next, options);
    return target;
  }
  const containers = target.kind !== 'scalar' && next.kind !== 'scalar';
  if (containers && target.kind !== next.kind) {
    const key = (options.path ?? []).join('.');
    const [here, there] = [target, next].map((node) => `a ${word(node)} in ${describeOrigin(node.origin)}`);
    refuse(`'${key}' is ${here} and ${there}; the two cannot be merged`);
  }
  return cloneNode(next);
}

function followed(current: ConfigNode, next: ConfigNode, { follow, path = [] }: MergeOptions): ConfigNode {
  if (next.kind === 'scalar' || !isInterpolation(current)) return current;
  const target = follow?.(path);
  return target ? cloneNode(target) : current;
}

const word = (node: ConfigNode): string => (node.kind === 'dict' ? 'mapping' : 'list');
