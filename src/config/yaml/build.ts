import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Alias, Document, LineCounter, Node, Pair, YAMLMap } from 'yaml';
import { checkSyntax } from '../interpolation/check.js';
import { cloneNode, dictNode, type ConfigNode, type DictNode, type Scalar } from '../node.js';
import type { Origin } from '../origin.js';
import { refuse } from '../problems.js';
import { plainScalar } from './scalars.js';
import { taggedScalar } from './tags.js';

/** Deeper or larger than any configuration, small enough to stop an alias bomb at once. */
const MAX_DEPTH = 100;
const MAX_NODES = 200_000;

/**
 * Turns one parsed YAML document into config nodes with their places; null for an empty document.
 * @param text what it was parsed from
 */
export function buildNode(
  document: Document.Parsed,
  text: string,
  file: string,
  lines: LineCounter,
): ConfigNode | null {
  const contents = document.contents;
  if (contents === null) return null;
  const node = new Builder(document, text, file, lines).build(contents, 0);
  const isEmpty = isScalar(contents) && contents.type === 'PLAIN' && contents.source === '' && !contents.tag;
  return isEmpty ? null : node;
}

class Builder {
  readonly #document: Document.Parsed;
  /** Where the text ends in a line without a line break. */
  readonly #openEnd: number;
  readonly #file: string;
  readonly #lines: LineCounter;
  /** Nodes being built, to see an alias that contains itself. */
  readonly #open = new Set<Node>();
  readonly #anchors = new Set<string>();
  readonly #built = new Map<Node, ConfigNode>();
  #count = 0;
  /** How many `[…]` and `{…}` are around. */
  #flow = 0;

  constructor(document: Document.Parsed, text: string, file: string, lines: LineCounter) {
    this.#document = document;
    this.#openEnd = text.slice(text.lastIndexOf('\n') + 1).trim() === '' ? Infinity : text.length;
    this.#file = file;
    this.#lines = lines;
  }

  build(node: Node, depth: number): ConfigNode {
    if (depth > MAX_DEPTH) this.#refuse(node, `nested more than ${MAX_DEPTH} levels deep`);
    if (isAlias(node)) return this.#alias(node.source, node);
    this.#take(node, 1);
    this.#claimAnchor(node);
    this.#open.add(node);
    const inFlow = !isScalar(node) && node.flow === true;
    if (inFlow) this.#flow++;
    const result = this.#container(node, depth);
    if (inFlow) this.#flow--;
    this.#open.delete(node);
    this.#built.set(node, result);
    return result;
  }

  #container(node: Node, depth: number): ConfigNode {
    if (isSeq<Node>(node)) {
      this.#plainTag(node, 'tag:yaml.org,2002:seq');
      const items = node.items.map((item) => this.build(item, depth + 1));
      return { kind: 'list', items, origin: this.#origin(node) };
    }
    if (isMap<Node, Node | null>(node)) {
      this.#plainTag(node, 'tag:yaml.org,2002:map');
      return this.#mapping(node, depth);
    }
    const value = this.#scalar(node);
    // A document that is one text is no configuration whatever stands in it.
    return {
      kind: 'scalar',
      value: depth === 0 ? value : this.#checked(value, node),
      origin: this.#origin(node),
    };
  }

  /** Keys in order; what `<<` merges comes first, as PyYAML has it. */
  #mapping(map: YAMLMap<Node, Node | null>, depth: number): DictNode {
    const merged = new Map<string, ConfigNode>();
    const own = new Map<string, ConfigNode>();
    for (const pair of map.items) {
      const { key, value } = pair;
      if (isScalar(key) && key.type === 'PLAIN' && key.source === '<<' && !key.tag) {
        for (const [k, v] of this.#mergeSource(pair, depth)) merged.set(k, v);
        continue;
      }
      if (isScalar(key)) this.#claimAnchor(key);
      const name = this.#key(key);
      if (own.has(name)) this.#refuse(key, `the key '${name}' appears twice`);
      const empty: ConfigNode = { kind: 'scalar', value: null, origin: this.#origin(key) };
      own.set(name, value === null ? empty : this.build(value, depth + 1));
    }
    const entries = merged;
    for (const [k, v] of own) entries.set(k, v);
    return dictNode(this.#origin(map), entries);
  }

  /** What `<<: *a` or `<<: [*a, *b]` brings in; of a list, the earlier one wins. */
  #mergeSource({ key, value }: Pair<Node, Node | null>, depth: number): Map<string, ConfigNode> {
    const source = value === null ? null : this.build(value, depth + 1);
    const maps = source?.kind === 'list' ? [...source.items].reverse() : [source];
    const result = new Map<string, ConfigNode>();
    for (const map of maps) {
      if (map?.kind !== 'dict') this.#refuse(key, "'<<' merges a mapping or a list of mappings");
      for (const [k, v] of map.entries) result.set(k, v);
    }
    return result;
  }

  #key(key: Node): string {
    const value = isScalar(key) ? this.#scalar(key) : this.#resolvedAlias(key);
    if (typeof value === 'string') return value;
    const text = isScalar(key) ? key.source : undefined;
    return this.#refuse(
      key,
      text === undefined || text === ''
        ? 'a key must be a string'
        : `the key ${text} is not a string; quote it: '${text}'`,
    );
  }

  #resolvedAlias(key: Node): Scalar | undefined {
    if (!isAlias(key)) return undefined;
    const node = this.#alias(key.source, key);
    return node.kind === 'scalar' ? node.value : undefined;
  }

  #scalar(node: Node): Scalar {
    if (!isScalar(node)) return this.#refuse(node, 'unsupported YAML node');
    const isOpen = node.type?.startsWith('BLOCK') && node.range![1] >= this.#openEnd;
    // npm `yaml` gives the last line of a block scalar a line break that is not there.
    const source = isOpen ? (node.source ?? '').replace(/\n$/, '') : (node.source ?? '');
    // PyYAML takes these for marks of its own there, npm `yaml` for text.
    if (this.#flow > 0 && node.type === 'PLAIN' && /^:|\?/.test(source))
      this.#refuse(node, `'${source}' within [ ] or { } needs quotes`);
    const value = node.tag
      ? taggedScalar(node.tag, source)
      : node.type === 'PLAIN'
        ? plainScalar(source)
        : source;
    if (value === undefined) {
      this.#refuse(
        node,
        node.tag
          ? `the tag '${node.tag}' with '${source}' is not supported`
          : `'${source}' has no value here; quote it`,
      );
    }
    return value;
  }

  /** Interpolations are checked where they are written, even if an override takes their place later. */
  #checked(value: Scalar, node: Node): Scalar {
    const fault = typeof value === 'string' ? checkSyntax(value) : undefined;
    return fault === undefined ? value : this.#refuse(node, fault);
  }

  #alias(name: string, alias: Node): ConfigNode {
    const target = isAlias(alias) ? alias.resolve(this.#document) : undefined;
    if (target === undefined) return this.#refuse(alias, `unknown anchor '*${name}'`);
    if (this.#open.has(target)) this.#refuse(alias, `'*${name}' contains itself`);
    const built = this.#built.get(target) ?? this.build(target, 1);
    this.#take(alias, countNodes(built));
    return cloneNode(built);
  }

  #claimAnchor(node: Exclude<Node, Alias>): void {
    if (node.anchor === undefined) return;
    if (!/^[\w-]+$/.test(node.anchor))
      this.#refuse(node, `the anchor '&${node.anchor}' may have only A-Z a-z 0-9 _ -`);
    if (this.#anchors.has(node.anchor)) this.#refuse(node, `the anchor '&${node.anchor}' appears twice`);
    this.#anchors.add(node.anchor);
  }

  #take(node: Node, count: number): void {
    this.#count += count;
    if (this.#count > MAX_NODES)
      this.#refuse(node, `more than ${MAX_NODES} values once aliases are followed`);
  }

  #plainTag(node: Node, usual: string): void {
    if (node.tag && node.tag !== usual) this.#refuse(node, `the tag '${node.tag}' is not supported`);
  }

  #origin(node: Node): Origin {
    const { line, col } = this.#lines.linePos(node.range?.[0] ?? 0);
    return { kind: 'file', file: this.#file, line, column: col };
  }

  #refuse(node: Node, message: string): never {
    const { line, col } = this.#lines.linePos(node.range?.[0] ?? 0);
    return refuse(`${this.#file}:${line}:${col}: ${message}`);
  }
}

function countNodes(node: ConfigNode): number {
  if (node.kind === 'scalar') return 1;
  const children = node.kind === 'list' ? node.items : [...node.entries.values()];
  return children.reduce((total, child) => total + countNodes(child), 1);
}
