import { cloneNode, isMissing, toNode, type ConfigNode, type DictNode } from '../node.js';
import { describeOrigin } from '../origin.js';
import { refuse } from '../problems.js';
import { pythonStr } from '../python-text.js';
import { readYamlNode } from '../yaml/read.js';
import { parseElement } from './parse.js';
import type { Located, Resolution } from './resolve.js';
import { InterpolationSyntaxError } from './syntax.js';

interface Context {
  readonly resolution: Resolution;
  /** The value that holds the interpolation. */
  readonly from: Located;
}

type Resolver = (args: readonly Located[], context: Context) => Located;

/** `${name:args}` by name, as OmegaConf registers them. */
export const RESOLVERS: ReadonlyMap<string, Resolver> = new Map<string, Resolver>([
  ['oc.env', environment],
  ['oc.select', select],
  ['oc.decode', decode],
  ['oc.create', create],
  ['oc.dict.keys', dictKeys],
  ['oc.dict.values', dictValues],
]);

function fail({ from }: Context, message: string): never {
  return refuse(`${describeOrigin(from.node.origin)}: ${message}`);
}

function countArguments(
  args: readonly unknown[],
  min: number,
  max: number,
  usage: string,
  context: Context,
): void {
  if (args.length < min || args.length > max) fail(context, `write it as \${${usage}}`);
}

/** A first argument that must be text. */
function textOf([first]: readonly Located[], what: string, context: Context): string {
  const value = context.resolution.shown(first!);
  return typeof value === 'string' ? value : fail(context, `${what}, not ${pythonStr(value)}`);
}

/** `${oc.env:VAR,default}`: always text, but a default of null stays null. */
function environment(args: readonly Located[], context: Context): Located {
  countArguments(args, 1, 2, 'oc.env:NAME,default', context);
  const { resolution, from } = context;
  const name = textOf(args, 'oc.env takes the name of a variable', context);
  const value = Object.hasOwn(resolution.env, name) ? resolution.env[name] : undefined;
  if (value !== undefined) return resolution.plain(value, from);
  const fallback = args[1];
  if (fallback === undefined)
    return fail(context, `the environment variable '${name}' is not set; set it, or give a default`);
  const shown = resolution.shown(fallback);
  return resolution.plain(shown === null ? null : pythonStr(shown), from);
}

/** `${oc.select:key,default}`: like `${key}`, but a key that is not there gives the default, or null. */
function select(args: readonly Located[], context: Context): Located {
  countArguments(args, 1, 2, 'oc.select:key,default', context);
  const { resolution, from } = context;
  const found = resolution.select(textOf(args, 'oc.select takes a key', context), from);
  const target = found === null ? null : resolution.dereference(found);
  if (target === null || isMissing(target.node)) return args[1] ?? resolution.plain(null, from);
  return target.node.kind === 'scalar' ? resolution.plain(resolution.value(target), from) : target;
}

/** `${oc.decode:text}`: the value that the text would be, null for null. */
function decode(args: readonly Located[], context: Context): Located {
  countArguments(args, 1, 1, 'oc.decode:text', context);
  const { resolution, from } = context;
  if (resolution.shown(args[0]!) === null) return resolution.plain(null, from);
  const text = textOf(args, 'oc.decode takes text or null', context);
  try {
    return resolution.element(parseElement(text), from);
  } catch (error) {
    if (!(error instanceof InterpolationSyntaxError)) throw error;
    return fail(context, `oc.decode cannot read '${text}': ${error.message}`);
  }
}

/** `${oc.create:value}`: a container, as if it stood here; text is read as YAML. */
function create(args: readonly Located[], context: Context): Located {
  countArguments(args, 1, 1, 'oc.create:value', context);
  const { resolution, from } = context;
  const [{ node }] = args as readonly [Located];
  if (node.kind !== 'scalar') return { node: cloneNode(node), parents: from.parents };
  if (node.value === null) return resolution.plain(null, from);
  if (typeof node.value !== 'string')
    return fail(context, `oc.create takes a list or a mapping, not ${pythonStr(node.value)}`);
  const { origin } = from.node;
  const created: ConfigNode | null = readYamlNode(node.value, describeOrigin(origin));
  if (created !== null && created.kind !== 'scalar') return { node: created, parents: from.parents };
  const key = created?.value ?? null;
  if (key !== null && typeof key !== 'string')
    return fail(context, `oc.create takes a list or a mapping, not ${pythonStr(key)}`);
  const entries: [string, null][] = key === null ? [] : [[key, null]];
  return { node: toNode(new Map(entries), origin), parents: from.parents };
}

function dictKeys(args: readonly Located[], context: Context): Located {
  const { dict } = dictionary('oc.dict.keys', args, context);
  const { node, parents } = context.from;
  return { node: toNode([...dict.entries.keys()], node.origin), parents };
}

/** A list of interpolations, one for each key. */
function dictValues(args: readonly Located[], context: Context): Located {
  const { key, dict } = dictionary('oc.dict.values', args, context);
  const { node, parents } = context.from;
  // The list is a level of its own.
  const base = key.startsWith('.') ? `.${key}` : key;
  return {
    node: toNode(
      [...dict.entries.keys()].map((name) => `\${${base}.${name}}`),
      node.origin,
    ),
    parents,
  };
}

function dictionary(
  name: string,
  args: readonly Located[],
  context: Context,
): { key: string; dict: DictNode } {
  countArguments(args, 1, 1, `${name}:key`, context);
  const { resolution, from } = context;
  const key = textOf(args, `${name} takes a key`, context);
  const found = resolution.select(key, from);
  const node = found === null ? null : resolution.dereference(found).node;
  if (node?.kind === 'dict') return { key, dict: node };
  return fail(context, `${name} finds no mapping at '${key}'`);
}
