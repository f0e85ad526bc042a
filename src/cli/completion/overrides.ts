import type { ConfigFolders } from '../../config/config-folders.js';
import type { JsonSchema } from '../../config/json-schema.js';
import type { ConfigMap } from '../../config/node.js';
import { describeKeys, fittingKeys, holdsKeys } from '../../config/schema-keys.js';
import type { Answer, Candidate } from './answer.js';

/** The configuration that the rest of the line makes. */
export interface LineConfig {
  readonly folders: ConfigFolders;
  /** Config that is started, which is no option of the group it lies in. */
  readonly configName: string;
  /** Composes it, which takes as long as all the rest; null where that fails. */
  readonly compose: () => Promise<ConfigMap | null>;
}

/** What `key=value`, `+key=value`, `~key`, `group=option`, … could become. */
export async function completeOverride(word: string, config: LineConfig): Promise<Answer> {
  const [, mark = '', name = ''] = /^(\+\+?|~)?(.*)$/s.exec(word)!;
  // neither keys nor groups begin so, and `..` would lead out of the tree
  if (/^(?:[^=]*\/)?\.|^\//.test(name)) return [];
  const equals = name.indexOf('=');
  if (equals !== -1) return mark === '~' ? [] : completeValue(word, name.slice(0, equals), config);
  const end = mark === '~' ? '' : '=';
  // `++` sets keys only
  const groups = mark === '++' ? [] : completeGroup(name, end, config);
  const keys = await completeKey(name, end, config);
  return [...groups, ...keys].map(({ value, ...rest }) => ({ value: mark + value, ...rest }));
}

/** A key as `config explain` takes it: a part of the configuration, or one value. */
export async function completeKeyName(word: string, config: LineConfig): Promise<Candidate[]> {
  const keys = await completeKey(word, '', config);
  const parts = keys.filter(({ value }) => value.endsWith('.'));
  return [...keys, ...parts.map(({ value, ...rest }) => ({ value: value.slice(0, -1), ...rest }))];
}

/** What a name has to look like to be typed without quotes: files may be called anything. */
const typeable = (names: readonly string[]): string[] => names.filter((name) => /^\w[\w.-]*$/.test(name));

/** The packed tree holds the policies of `prune`, too, which are no part of a capture. */
const groupsIn = ({ folders }: LineConfig, parent: string): string[] =>
  typeable(folders.groups(parent)).filter((name) => parent !== '' || name !== 'prune');

/** A config to start from, without `.yaml`. */
export function completeConfigName(word: string, config: LineConfig): Candidate[] {
  const { folders } = config;
  const parent = word.slice(0, word.lastIndexOf('/') + 1);
  return [
    ...typeable(folders.options(parent)).map((name) => ({ value: parent + name })),
    ...groupsIn(config, parent).map((name) => ({ value: `${parent}${name}/` })),
  ];
}

/** The groups beside the one that is being typed: `policy=`, and `env/` for what is below it. */
function completeGroup(name: string, end: string, config: LineConfig): Candidate[] {
  const { folders, configName } = config;
  const parent = name.slice(0, name.lastIndexOf('/') + 1);
  return groupsIn(config, parent).flatMap((last) => {
    const group = parent + last;
    const options = typeable(folders.options(group)).filter((option) => `${group}/${option}` !== configName);
    const description = options.length === 0 ? undefined : `one of ${options.join(', ')}`;
    return [
      ...(options.length === 0 ? [] : [{ value: group + end, description }]),
      ...(folders.groups(group).length > 0 ? [{ value: `${group}/`, description: 'groups' }] : []),
    ];
  });
}

async function completeKey(name: string, end: string, config: LineConfig): Promise<Candidate[]> {
  const parent = name.slice(0, name.lastIndexOf('.') + 1);
  // Only there it matters what the line and the files say: keys are the policy's own, or free.
  const tree = /^(?:policy|vars)\./.test(parent) ? await config.compose() : null;
  const keys = tree === null ? describeKeys() : fittingKeys(tree);
  const known = new Map<string, Candidate>();
  for (const { key, schema } of keys) {
    const last = key.startsWith(parent) ? key.slice(parent.length) : '';
    if (last === '' || last.includes('.') || known.has(key) || isGroup(key, config)) continue;
    const value = key + (holdsKeys(schema) || isFree(schema) ? '.' : end);
    known.set(key, { value, description: schema.description });
  }
  return [...known.values(), ...(tree === null ? [] : keysBelow(tree, parent, end))];
}

/** `env.plume` is chosen as `env/plume=`. */
const isGroup = (key: string, { folders }: LineConfig): boolean =>
  key.includes('.') && folders.options(key.replaceAll('.', '/')).length > 0;

/** A key that may hold anything. */
const isFree = (schema: JsonSchema): boolean =>
  !['type', 'anyOf', 'enum', 'const'].some((word) => word in schema);

/** The keys somebody made below `vars`. */
function keysBelow(tree: ConfigMap, parent: string, end: string): Candidate[] {
  if (!parent.startsWith('vars.')) return [];
  let here: ConfigMap = tree;
  for (const name of parent.slice(0, -1).split('.')) {
    const next = here.get(name);
    if (!(next instanceof Map)) return [];
    here = next;
  }
  return [...here].map(([name, value]) => ({ value: parent + name + (value instanceof Map ? '.' : end) }));
}

/** Keys whose values the shell completes. */
export const PATHS: ReadonlyMap<string, 'files' | 'folders'> = new Map([
  ['output', 'folders'],
  ['movie.path', 'folders'],
  ['policy.actions_file', 'files'],
  ['policy.module', 'files'],
]);

/** After a comma too, where a sweep has several. */
function completeValue(word: string, key: string, config: LineConfig): Answer {
  const path = PATHS.get(key);
  if (path !== undefined) return path;
  if (isGroup(key, config)) return [];
  const options = typeable(config.folders.options(key.replace(/@.*/s, '')));
  const schema = describeKeys().find((known) => known.key === key)?.schema;
  const values = options.length > 0 ? options : schema === undefined ? null : fixedValues(schema);
  const typed = word.slice(0, Math.max(word.indexOf('='), word.lastIndexOf(',')) + 1);
  return (values ?? []).map((value) => ({ value: typed + value }));
}

/** The values a key may have, where they are few: words, true, false, null. */
function fixedValues({ anyOf, const: only, enum: words, type }: JsonSchema): string[] | null {
  if (anyOf !== undefined) {
    // what an interpolation may look like is no value
    const all = anyOf.filter(({ pattern }) => pattern === undefined).map(fixedValues);
    return all.includes(null) ? null : all.flatMap((values) => values ?? []);
  }
  if (only !== undefined) return [only];
  if (words !== undefined) return words;
  if (type === 'boolean') return ['true', 'false'];
  return type === 'null' ? ['null'] : null;
}
