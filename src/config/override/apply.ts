import { checkSyntax } from '../interpolation/check.js';
import { Resolution, type Environment } from '../interpolation/resolve.js';
import { splitKey } from '../key-path.js';
import { mergedNode } from '../merge.js';
import { dictNode, toNode, type ConfigNode, type ConfigValue, type DictNode } from '../node.js';
import { refuse } from '../problems.js';
import { pythonEquals, pythonRepr } from '../python-text.js';
import { childOf, dottedKeys, selectNode } from '../select.js';
import { suggestKey } from '../suggest.js';
import { quoteValue } from './quote.js';
import type { Override } from './types.js';

/** Applies one value override to the composed tree, in place. */
export function applyOverride(root: DictNode, override: Override, env: Environment): void {
  const { key, package: pkg, text, type } = override;
  if (pkg !== null || key.includes('/')) {
    refuse(`override '${text}': there is no group '${key}'`);
  }
  const parts = splitKey(key);
  if (type === 'delete') return deleteKey(root, parts, override, env);
  const value = override.value!;
  checkInterpolations(value, text);
  if (type === 'add' && !isContainer(value)) requireFree(root, parts, override, env);
  setKey(root, parts, override, toNode(value, { kind: 'override', text }));
}

const isContainer = (value: ConfigValue): boolean => value instanceof Map || Array.isArray(value);

/** `+` adds what is not there yet, or is null or `???`. */
function requireFree(
  root: DictNode,
  parts: readonly string[],
  { key, text, value }: Override,
  env: Environment,
): void {
  const current = currentValue(root, parts, env, false);
  if (current === undefined || current === null || current === '???') return;
  const form = `${key}=${quoteValue(value!)}`;
  refuse(
    `override '${text}': '${key}' is there already; to change it write '${form}', to add or change '++${form}'`,
  );
}

/**
 * The value at a key with interpolations followed; undefined when there is none.
 * @param within whether also those within a list or mapping are followed, which may fail
 */
function currentValue(
  root: DictNode,
  parts: readonly string[],
  env: Environment,
  within: boolean,
): ConfigValue | undefined {
  const resolution = new Resolution(root, env);
  const located = resolution.locate(parts);
  if (located === null) return undefined;
  return within ? resolution.value(located) : resolution.shown(located);
}

function checkInterpolations(value: ConfigValue, text: string): void {
  if (typeof value === 'string') {
    const fault = checkSyntax(value);
    if (fault) refuse(`override '${text}': ${fault}`);
  } else if (value instanceof Map || Array.isArray(value)) {
    for (const item of value.values()) checkInterpolations(item, text);
  }
}

function setKey(root: DictNode, parts: readonly string[], override: Override, value: ConfigNode): void {
  const open = override.type !== 'change';
  let here: ConfigNode = root;
  for (const [index, part] of parts.slice(0, -1).entries()) {
    let next = childOf(here, part);
    if (next === undefined || next.kind === 'scalar') {
      // Without '+', an unknown key below a value is an unknown key.
      if (!open) refuseUnknown(root, override);
      next = dictNode(value.origin);
      put(here, part, next, parts.slice(0, index + 1), override);
    }
    here = next;
  }
  const last = parts.at(-1)!;
  const current = childOf(here, last);
  if (current === undefined && !open && here.kind === 'dict') refuseUnknown(root, override);
  const merge = current !== undefined && current.kind !== 'scalar' && value.kind !== 'scalar';
  const onNewKey = (path: readonly string[]): never => refuseUnknown(root, override, path.join('.'));
  const next = merge ? mergedNode(current, value, { path: parts, ...(open ? {} : { onNewKey }) }) : value;
  put(here, last, next, parts, override);
}

function put(
  into: ConfigNode,
  part: string,
  value: ConfigNode,
  parts: readonly string[],
  override: Override,
): void {
  if (into.kind === 'dict') {
    into.entries.set(part, value);
    return;
  }
  const items = (into as { items: ConfigNode[] }).items;
  const list = parts.slice(0, -1).join('.');
  if (childOf(into, part) === undefined) {
    const range = items.length === 0 ? 'is empty' : `has the indices 0 to ${items.length - 1}`;
    refuse(`override '${override.text}': the list '${list}' ${range}; to replace it write '${list}=[…]'`);
  }
  items[Number(part)] = value;
}

/** Keys below which any may be added. */
const FREE = /^(?:vars|policy\.parameters|record\.storage\.options)\./;

function refuseUnknown(root: DictNode, { text, key }: Override, unknown = key): never {
  const free = FREE.test(unknown) ? `to add a key write '+${text}'` : 'keys of your own go under vars';
  const hint = suggestKey(unknown, dottedKeys(root)) ?? free;
  return refuse(`unknown key '${unknown}' in override '${text}'; ${hint}`);
}

function deleteKey(root: DictNode, parts: readonly string[], override: Override, env: Environment): void {
  const { key, text, value } = override;
  const current = currentValue(root, parts, env, value !== undefined && value !== null);
  if (current === undefined) {
    refuse(
      `override '${text}': there is no '${key}' to delete; ${suggestKey(key, dottedKeys(root)) ?? 'see the key in the config files'}`,
    );
  }
  if (current === null || current === '???') {
    refuse(`override '${text}': '${key}' is ${current ?? 'null'}, which cannot be deleted`);
  }
  if (value !== undefined && value !== null && !pythonEquals(value, current)) {
    refuse(
      `override '${text}': '${key}' is ${pythonRepr(current)}, not ${pythonRepr(value)}; nothing deleted`,
    );
  }
  const parent = selectNode(root, parts.slice(0, -1));
  if (parent?.kind === 'dict') {
    parent.entries.delete(parts.at(-1)!);
    return;
  }
  const above = parts.slice(0, -1).join('.');
  if (parent?.kind === 'list') {
    refuse(`override '${text}': items of a list cannot be deleted; replace the list: '${above}=[…]'`);
  }
  // Hydra deletes from the mapping that the interpolation refers to, for everybody who refers to it.
  refuse(`override '${text}': '${above}' is an interpolation; delete from the mapping it refers to`);
}
