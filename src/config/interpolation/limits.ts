import type { ConfigNode } from '../node.js';
import { describeOrigin } from '../origin.js';
import { refuse } from '../problems.js';

/** More values than any configuration has, so many characters of text counting as one. */
const MAX_VALUES = 1_000_000;
const TEXT_OF_VALUE = 16;
/** Deeper than any configuration leads. */
const MAX_DEPTH = 400;

/** Stops what grows without end (interpolations that double each other), or leads on without end. */
export class Limits {
  /** Values so far. */
  size = 0;
  #depth = 0;

  grow(size: number, node: ConfigNode): void {
    this.size += size;
    if (this.size > MAX_VALUES) {
      refuse(`${describeOrigin(node.origin)}: interpolations make more than ${MAX_VALUES} values`);
    }
  }

  growText(text: string, node: ConfigNode): void {
    this.grow(text.length / TEXT_OF_VALUE, node);
  }

  /** Does what may lead on to more of its kind; what makes itself anew (`oc.decode`) is no cycle of nodes. */
  within<T>(node: ConfigNode, work: () => T): T {
    if (++this.#depth > MAX_DEPTH) {
      refuse(`${describeOrigin(node.origin)}: interpolations lead on more than ${MAX_DEPTH} levels deep`);
    }
    try {
      return work();
    } finally {
      this.#depth--;
    }
  }
}
