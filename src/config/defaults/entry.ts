import type { ConfigNode } from '../node.js';
import { describeOrigin, type Origin } from '../origin.js';
import { refuse } from '../problems.js';

/** One line of a `defaults:` list. */
export type Entry = SelfEntry | FileEntry | GroupEntry;

/** `_self_`: where the file's own content goes. */
export interface SelfEntry {
  readonly kind: 'self';
  readonly origin: Origin;
}

/** `- path/name` or `- name@package`: a file by its name. */
export interface FileEntry {
  readonly kind: 'file';
  readonly path: string;
  readonly package: string | null;
  readonly optional: boolean;
  readonly origin: Origin;
}

/** `- group: option`, `- optional /group@package: [a, b]`, `- override group: option`, `- group: null`. */
export interface GroupEntry {
  readonly kind: 'group';
  readonly group: string;
  readonly package: string | null;
  readonly choice: string | readonly string[] | null;
  readonly optional: boolean;
  readonly override: boolean;
  /** Appended with `+group=option`. */
  readonly appended?: true;
  readonly origin: Origin;
}

/** Reads a `defaults:` node. */
export function readEntries(node: ConfigNode): Entry[] {
  if (node.kind !== 'list') {
    return refuse(`${describeOrigin(node.origin)}: 'defaults' must be a list (lines that start with '- ')`);
  }
  return node.items.map(readEntry);
}

function readEntry(item: ConfigNode): Entry {
  const { origin } = item;
  const fail = (message: string): never => refuse(`${describeOrigin(origin)}: ${message}`);
  if (item.kind === 'scalar' && typeof item.value === 'string') {
    if (item.value === '_self_') return { kind: 'self', origin };
    const { name, package: pkg } = splitPackage(item.value, fail);
    if (name === '_self_') fail("'_self_' takes no package");
    checkName(name, fail);
    return { kind: 'file', path: name, package: pkg, optional: false, origin };
  }
  if (item.kind !== 'dict' || item.entries.size !== 1) {
    return fail("a line of 'defaults' is 'name', 'group: option' or '_self_'");
  }
  const [[key, choice]] = item.entries as unknown as [[string, ConfigNode]];
  const { name, package: pkg } = splitPackage(key, fail);
  const words = name.split(' ');
  const group = words.pop()!;
  for (const word of words) {
    if (word !== 'optional' && word !== 'override')
      fail(`unknown keyword '${word}'; valid: optional, override`);
  }
  if (group === '') fail('the group has no name');
  checkName(group, fail);
  return {
    kind: 'group',
    group,
    package: pkg,
    choice: readChoice(choice, fail),
    optional: words.includes('optional'),
    override: words.includes('override'),
    origin,
  };
}

function readChoice(node: ConfigNode, fail: (message: string) => never): string | string[] | null {
  if (node.kind === 'scalar' && node.value === '_self_')
    return fail("'_self_' is a line of its own, not an option");
  if (node.kind === 'scalar' && (node.value === null || typeof node.value === 'string')) return node.value;
  if (node.kind !== 'list') return fail('an option must be a name, a list of names, or null');
  return node.items.map((item) => {
    if (item.kind === 'scalar' && typeof item.value === 'string') return item.value;
    return fail('the options in a list must be names');
  });
}

function splitPackage(
  text: string,
  fail: (message: string) => never,
): { name: string; package: string | null } {
  const at = text.indexOf('@');
  if (at < 0) return { name: text, package: null };
  const pkg = text.slice(at + 1);
  if (pkg.includes(':')) fail(`renaming a package ('@${pkg}') is not supported`);
  return { name: text.slice(0, at), package: pkg };
}

function checkName(name: string, fail: (message: string) => never): void {
  const parts = name.split('/');
  if (parts.includes('..') || parts.includes('.')) {
    fail(`'${name}': '..' is not supported; write the group from the root of the tree, '/group'`);
  }
  if (parts[0] === 'hydra' || (parts[0] === '' && parts[1] === 'hydra')) {
    fail(`'${name}' configures Hydra's own runtime, which this program does not have; remove the line`);
  }
}
