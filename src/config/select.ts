import { listIndex } from './key-path.js';
import type { ConfigNode, DictNode } from './node.js';

/** The child a key part names; undefined when there is none. */
export function childOf(node: ConfigNode, part: string): ConfigNode | undefined {
  if (node.kind === 'dict') return node.entries.get(part);
  if (node.kind === 'scalar') return undefined;
  const index = listIndex(part);
  return index === null ? undefined : node.items[index];
}

export function selectNode(root: ConfigNode, parts: readonly string[]): ConfigNode | undefined {
  let node: ConfigNode | undefined = root;
  for (const part of parts) node = node && childOf(node, part);
  return node;
}

/** Every dotted key of a tree, containers included. */
export function dottedKeys(root: DictNode, prefix = ''): string[] {
  return [...root.entries].flatMap(([key, node]) => [
    prefix + key,
    ...(node.kind === 'dict' ? dottedKeys(node, `${prefix}${key}.`) : []),
  ]);
}
