import type { ConfigMap, ConfigNode, ConfigValue, DictNode } from '../node.js';
import { dictNode, isInterpolation, isMissing, toNode, toValue } from '../node.js';
import { splitKey } from '../key-path.js';
import { describeOrigin } from '../origin.js';
import { refuse } from '../problems.js';
import { pythonStr } from '../python-text.js';
import { suggestKey } from '../suggest.js';
import { dottedKeys } from '../select.js';
import { checkSyntax } from './check.js';
import { indexOf, textKey } from './keys.js';
import { Limits } from './limits.js';
import { parseText } from './parse.js';
import { RESOLVERS } from './resolvers.js';
import type { Element, Interpolation, Reference, Text } from './syntax.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A node and the containers around it, outermost first; relative interpolations start from the last. */
export interface Located {
  readonly node: ConfigNode;
  readonly parents: readonly ConfigNode[];
}

/**
 * The tree with every `${…}` replaced by what it stands for. `???` stays.
 * @throws ConfigError for a key that is not there, a cycle, or what is not supported
 */
export function resolveTree(root: DictNode, env: Environment): ConfigMap {
  return new Resolution(root, env).value({ node: root, parents: [] }) as ConfigMap;
}

export class Resolution {
  readonly env: Environment;
  readonly #root: DictNode;
  readonly #values = new Map<ConfigNode, { value: ConfigValue; size: number }>();
  /** What interpolations were followed to. */
  readonly #targets = new Map<ConfigNode, Located>();
  /** Results of text and of resolvers: the text in them is only text, and no key leads into them. */
  readonly #plain = new Map<ConfigNode, () => ConfigValue>();
  /** Nodes being worked out, and those being followed, to see a cycle: a key may lead through what is worked out. */
  readonly #open = new Set<ConfigNode>();
  readonly #followed = new Set<ConfigNode>();
  readonly #limits = new Limits();

  constructor(root: DictNode, env: Environment) {
    this.#root = root;
    this.env = env;
  }

  value(located: Located): ConfigValue {
    const { node } = located;
    const known = this.#values.get(node);
    if (known) {
      this.#limits.grow(known.size, node);
      return known.value;
    }
    const before = this.#limits.size;
    const plain = this.#plain.get(node);
    const value = this.#guarded(this.#open, node, () => (plain ? plain() : this.#compute(located)));
    this.#limits.grow(1, node);
    this.#values.set(node, { value, size: this.#limits.size - before });
    return value;
  }

  #compute(located: Located): ConfigValue {
    const { node } = located;
    const parents = [...located.parents, node];
    if (node.kind === 'list') return node.items.map((item) => this.value({ node: item, parents }));
    if (node.kind === 'dict') {
      return new Map([...node.entries].map(([k, item]) => [k, this.value({ node: item, parents })]));
    }
    if (!isInterpolation(node)) return node.value;
    const result = this.text(this.#parsed(node), located);
    return typeof result === 'string' ? result : this.value(result);
  }

  #guarded<T>(open: Set<ConfigNode>, node: ConfigNode, work: () => T): T {
    if (open.has(node))
      refuse(`${describeOrigin(node.origin)}: the interpolation refers to itself in a cycle`);
    open.add(node);
    try {
      return this.#limits.within(node, work);
    } finally {
      open.delete(node);
    }
  }

  /** Follows a node that is one interpolation to what it refers to. */
  dereference(located: Located): Located {
    const { node } = located;
    if (!isInterpolation(node) || this.#plain.has(node)) return located;
    const known = this.#targets.get(node);
    if (known !== undefined) return known;
    const target = this.#guarded(this.#followed, node, () => {
      const result = this.text(this.#parsed(node), located);
      return typeof result === 'string' ? this.plain(result, located) : this.dereference(result);
    });
    this.#targets.set(node, target);
    return target;
  }

  /** Follows a key to a list or mapping of the tree; null when it gives a value worked out on the way, or none. */
  container(path: readonly string[]): ConfigNode | null {
    const located = this.locate(path);
    const node = located === null ? null : this.dereference(located).node;
    return node === null || node.kind === 'scalar' || this.#plain.has(node) ? null : node;
  }

  /** A value worked out on the way, standing where the interpolation stood. */
  plain(value: ConfigValue, from: Located): Located {
    return this.#plainNode(toNode(value, from.node.origin), from, () => value);
  }

  #plainNode(node: ConfigNode, from: Located, value: () => ConfigValue): Located {
    this.#plain.set(node, value);
    return { node, parents: from.parents };
  }

  #parsed(node: ConfigNode): Text {
    const text = (node as { value: string }).value;
    const fault = checkSyntax(text);
    return fault === undefined ? parseText(text) : refuse(`${describeOrigin(node.origin)}: ${fault}`);
  }

  /** A single interpolation is what it refers to; anything else is text, in Python's forms. */
  text(parts: Text, from: Located): Located | string {
    const [first] = parts;
    if (parts.length === 1 && typeof first === 'object') return this.interpolation(first, from);
    let text = '';
    for (const part of parts) {
      const piece = typeof part === 'string' ? part : pythonStr(this.shown(this.interpolation(part, from)));
      this.#limits.growText(piece, from.node);
      text += piece;
    }
    return text;
  }

  /** Containers show in text as they were written, with their own interpolations as text. */
  shown(located: Located): ConfigValue {
    const target = this.dereference(located);
    return target.node.kind === 'scalar' ? this.value(target) : toValue(target.node);
  }

  interpolation(interpolation: Interpolation, from: Located): Located {
    if (interpolation.kind === 'reference') return this.#reference(interpolation, from);
    const name = this.#joined(interpolation.name, from);
    const resolver = RESOLVERS.get(name);
    if (resolver === undefined) {
      const known = [...RESOLVERS.keys()].join(', ');
      return refuse(
        `${describeOrigin(from.node.origin)}: the resolver '${name}' is not supported; known: ${known}`,
      );
    }
    const args = interpolation.args.map((arg) => this.element(arg, from));
    return resolver(args, { resolution: this, from });
  }

  /** An argument: containers that are referred to stay what they are, all else is a plain value. */
  element(element: Element, from: Located): Located {
    return this.#limits.within(from.node, () => this.#element(element, from));
  }

  #element(element: Element, from: Located): Located {
    const { origin } = from.node;
    switch (element.kind) {
      case 'scalar':
        return this.plain(element.value, from);
      case 'list': {
        const items = element.items.map((item) => this.element(item, from));
        const node: ConfigNode = { kind: 'list', items: items.map((item) => item.node), origin };
        return this.#plainNode(node, from, () => items.map((item) => this.value(item)));
      }
      case 'dict': {
        const entries = element.entries.map(
          ([key, item]) => [textKey(key, from), this.element(item, from)] as const,
        );
        const node = dictNode(origin, new Map(entries.map(([key, item]) => [key, item.node])));
        return this.#plainNode(node, from, () => new Map(entries.map(([k, item]) => [k, this.value(item)])));
      }
      case 'text': {
        const result = this.text(element.text, from);
        if (typeof result === 'string') return this.plain(result, from);
        if (element.quoted) return this.plain(pythonStr(this.shown(result)), from);
        const target = this.dereference(result);
        return target.node.kind === 'scalar' ? this.plain(this.value(target), from) : target;
      }
    }
  }

  #joined(pieces: readonly (string | Interpolation)[], from: Located): string {
    return pieces
      .map((piece) => {
        if (typeof piece === 'string') return piece;
        const value = this.value(this.interpolation(piece, from));
        if (typeof value === 'string') return value;
        return refuse(
          `${describeOrigin(from.node.origin)}: ${pythonStr(value)} cannot be part of a key, only text can`,
        );
      })
      .join('');
  }

  #reference(reference: Reference, from: Located): Located {
    const key = this.#joined(reference.pieces, from);
    const found = this.select(key, from);
    if (found === null) {
      const hint = suggestKey(key, dottedKeys(this.#root));
      return refuse(
        `${describeOrigin(from.node.origin)}: the interpolation '\${${key}}' finds nothing${hint ? `; ${hint}` : ''}`,
      );
    }
    if (isMissing(found.node)) {
      refuse(
        `${describeOrigin(from.node.origin)}: '\${${key}}' refers to a value that is still ??? (${describeOrigin(found.node.origin)})`,
      );
    }
    if (found.node === from.node || from.parents.includes(found.node)) {
      refuse(`${describeOrigin(from.node.origin)}: '\${${key}}' refers to itself or to what contains it`);
    }
    return found;
  }

  /** What a key names: from the root, or with leading dots from the container of `from` outwards. */
  select(key: string, from: Located): Located | null {
    const dots = /^\.*/.exec(key)![0].length;
    const depth = dots === 0 ? 1 : from.parents.length - dots + 1;
    if (depth < 1) {
      refuse(
        `${describeOrigin(from.node.origin)}: '${key}' has more leading dots than there are levels above`,
      );
    }
    const around: readonly ConfigNode[] = dots === 0 ? [this.#root] : from.parents.slice(0, depth);
    const start = { node: around.at(-1)!, parents: around.slice(0, -1) };
    return dots === key.length ? start : this.#walk(start, splitKey(key.slice(dots)));
  }

  /** What lies at the parts of a key, from the root; interpolations on the way are followed. */
  locate(parts: readonly string[]): Located | null {
    return this.#walk({ node: this.#root, parents: [] }, parts);
  }

  #walk(start: Located, parts: readonly string[]): Located | null {
    let here = start;
    for (const part of parts) {
      const child = this.#child(here, part);
      if (child === null) return null;
      here = child;
    }
    return here;
  }

  #child(located: Located, part: string): Located | null {
    const { node, parents } = this.dereference(located);
    if (node.kind === 'scalar' || this.#plain.has(node)) return null;
    const child = node.kind === 'dict' ? node.entries.get(part) : node.items[indexOf(part, located)];
    return child === undefined ? null : { node: child, parents: [...parents, node] };
  }
}
