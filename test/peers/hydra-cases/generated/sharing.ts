import { compose, type ComposeRequest } from '../../../../src/config/compose.js';
import { cloneNode, type ConfigNode, type DictNode } from '../../../../src/config/node.js';
import { tagged, type Answer } from '../../hydra-compare.js';

/** A list or mapping of a file that is one with that in the tree. */
interface Shared {
  readonly key: string;
  readonly own: DictNode;
  readonly there: DictNode;
  readonly node: ConfigNode;
}

/** The keys of every mapping. */
type Keys = ReadonlyMap<DictNode, ReadonlySet<string>>;

/**
 * What Hydra makes of a file that is used twice. It keeps each file once read, and merges it at the top of the tree
 * without a copy: lists and mappings of the file that are new there are from then on one with those of the tree, so
 * that what is merged onto them shows where the file is used again. (At a package it takes a copy.)
 */
export function composedSharing(request: ComposeRequest): Answer {
  let before: Keys = new Map();
  let shared: Shared[] = [];
  const { tree, hash } = compose(request, {
    onStep: (root, step) => {
      if (step.kind === 'part' && step.part.package === '')
        shared.push(...newlyShared(step.part.config.body, root, before));
      before = keysOf(root);
      shared = shared.filter(isOneStill);
      for (const { key, own, there } of shared) own.entries.set(key, cloneNode(there.entries.get(key)!));
    },
  });
  return { ok: tagged(tree), sha256: hash };
}

function newlyShared(own: DictNode, there: DictNode, before: Keys): Shared[] {
  return [...own.entries].flatMap(([key, mine]) => {
    const node = there.entries.get(key);
    if (node === undefined || node.kind === 'scalar' || mine.kind !== node.kind) return [];
    if (!before.get(there)?.has(key)) return [{ key, own, there, node }];
    return mine.kind === 'dict' && node.kind === 'dict' ? newlyShared(mine, node, before) : [];
  });
}

/** Mappings are merged in place, and so are lists in Hydra, by taking the items of the other. */
function isOneStill({ key, there, node }: Shared): boolean {
  const now = there.entries.get(key);
  return now === node || (now?.kind === 'list' && node.kind === 'list');
}

function keysOf(node: ConfigNode, keys = new Map<DictNode, Set<string>>()): Keys {
  if (node.kind !== 'dict') return keys;
  keys.set(node, new Set(node.entries.keys()));
  for (const child of node.entries.values()) keysOf(child, keys);
  return keys;
}
