import type { ConfigValue } from '../node.js';
import { describeOrigin } from '../origin.js';
import { refuse } from '../problems.js';
import { pythonStr } from '../python-text.js';
import { parseElement } from './parse.js';
import type { Located, Resolution } from './resolve.js';
import { InterpolationSyntaxError } from './syntax.js';

interface Context {
  readonly resolution: Resolution;
  readonly from: Located;
}

type Resolver = (args: readonly ConfigValue[], context: Context) => ConfigValue;

/** `${name:args}` by name, as OmegaConf registers them. */
export const RESOLVERS: ReadonlyMap<string, Resolver> = new Map<string, Resolver>([
  ['oc.env', environment],
  ['oc.select', select],
  ['oc.decode', decode],
  ['oc.create', create],
  ['oc.dict.keys', (args, context) => [...dictionary('oc.dict.keys', args, context).keys()]],
  ['oc.dict.values', (args, context) => [...dictionary('oc.dict.values', args, context).values()]],
]);

function fail(context: Context, message: string): never {
  return refuse(`${describeOrigin(context.from.node.origin)}: ${message}`);
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

/** `${oc.env:VAR,default}`: always text, but a default of null stays null. */
function environment(args: readonly ConfigValue[], context: Context): ConfigValue {
  countArguments(args, 1, 2, 'oc.env:NAME,default', context);
  const name = pythonStr(args[0]!);
  const value = context.resolution.env[name];
  if (value !== undefined) return value;
  if (args.length < 2)
    fail(context, `the environment variable '${name}' is not set; set it, or give a default`);
  const [, fallback = null] = args;
  return fallback === null ? null : pythonStr(fallback);
}

/** `${oc.select:key,default}`: like `${key}`, but a key that is not there gives the default, or null. */
function select(args: readonly ConfigValue[], context: Context): ConfigValue {
  countArguments(args, 1, 2, 'oc.select:key,default', context);
  const [key, fallback = null] = args as readonly [ConfigValue, ConfigValue?];
  if (typeof key !== 'string' || key === '') return fail(context, 'oc.select takes a key');
  const found = context.resolution.select(key, context.from);
  if (found === null) return fallback;
  const value = context.resolution.value(found);
  return value === '???' ? fallback : value;
}

/** `${oc.decode:text}`: the value that the text would be, null for null. */
function decode(args: readonly ConfigValue[], context: Context): ConfigValue {
  countArguments(args, 1, 1, 'oc.decode:text', context);
  const [text] = args as readonly [ConfigValue];
  if (text === null) return null;
  if (typeof text !== 'string') return fail(context, `oc.decode takes text or null, not ${pythonStr(text)}`);
  try {
    return context.resolution.element(parseElement(text), context.from);
  } catch (error) {
    if (!(error instanceof InterpolationSyntaxError)) throw error;
    return fail(context, `oc.decode cannot read '${text}': ${error.message}`);
  }
}

function create(args: readonly ConfigValue[], context: Context): ConfigValue {
  countArguments(args, 1, 1, 'oc.create:value', context);
  const [value] = args as readonly [ConfigValue];
  if (value instanceof Map || Array.isArray(value)) return value;
  return fail(context, 'oc.create takes a list or a mapping');
}

function dictionary(name: string, args: readonly ConfigValue[], context: Context): Map<string, ConfigValue> {
  countArguments(args, 1, 1, `${name}:key`, context);
  const [key] = args as readonly [ConfigValue];
  if (typeof key !== 'string' || key === '') return fail(context, `${name} takes a key`);
  const found = context.resolution.select(key, context.from);
  const value = found === null ? null : context.resolution.value(found);
  if (value instanceof Map) return value;
  return fail(context, `${name} finds no mapping at '${key}'`);
}
