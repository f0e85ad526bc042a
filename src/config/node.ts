import type { Origin } from './origin.js';

/** A plain config value: ints are bigint, floats are number, mappings are Maps in their own order. */
export type ConfigValue = Scalar | ConfigValue[] | ConfigMap;
export type ConfigMap = Map<string, ConfigValue>;
export type Scalar = null | boolean | bigint | number | string;

/** A value before interpolation, with where it was written: what files, overrides and merging work on. */
export type ConfigNode = ScalarNode | ListNode | DictNode;

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly value: Scalar;
  readonly origin: Origin;
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: ConfigNode[];
  readonly origin: Origin;
}

export interface DictNode {
  readonly kind: 'dict';
  readonly entries: Map<string, ConfigNode>;
  readonly origin: Origin;
}

export function dictNode(origin: Origin, entries: Map<string, ConfigNode> = new Map()): DictNode {
  return { kind: 'dict', entries, origin };
}

export function toNode(value: ConfigValue, origin: Origin): ConfigNode {
  if (Array.isArray(value)) {
    return { kind: 'list', items: value.map((item) => toNode(item, origin)), origin };
  }
  if (value instanceof Map) {
    return dictNode(origin, new Map([...value].map(([key, item]) => [key, toNode(item, origin)])));
  }
  return { kind: 'scalar', value, origin };
}

/** The value as written: interpolations stay text. */
export function toValue(node: ConfigNode): ConfigValue {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(toValue);
  return new Map([...node.entries].map(([key, item]) => [key, toValue(item)]));
}

/** A copy for another place: an interpolation gives another value there, so it is a node of its own. */
export function cloneNode(node: ConfigNode): ConfigNode {
  if (node.kind === 'scalar') return isInterpolation(node) ? { ...node } : node;
  if (node.kind === 'list') return { ...node, items: node.items.map(cloneNode) };
  return { ...node, entries: new Map([...node.entries].map(([key, item]) => [key, cloneNode(item)])) };
}

/** `???`: a value somebody has to give. */
export function isMissing(node: ConfigNode): boolean {
  return node.kind === 'scalar' && node.value === '???';
}

export function isInterpolation(node: ConfigNode): boolean {
  return node.kind === 'scalar' && typeof node.value === 'string' && node.value.includes('${');
}
