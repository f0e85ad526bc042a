import { listIndex } from '../key-path.js';
import type { Scalar } from '../node.js';
import { describeOrigin } from '../origin.js';
import { refuse } from '../problems.js';
import { pythonStr } from '../python-text.js';
import type { Located } from './resolve.js';

/** A part of a key as an index of the list it is looked for in. */
export function indexOf(part: string, { node }: Located): number {
  const index = listIndex(part);
  return index ?? refuse(`${describeOrigin(node.origin)} is a list; '${part}' is not an index of it`);
}

/** The key of a mapping in a resolver's argument. */
export function textKey(key: Scalar, from: Located): string {
  if (typeof key === 'string') return key;
  return refuse(
    `${describeOrigin(from.node.origin)}: the key ${pythonStr(key)} of a mapping is not text; such a key is not supported`,
  );
}
