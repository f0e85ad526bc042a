import type { ConfigMap } from './node.js';
import { jsonSchema, type JsonSchema } from './json-schema.js';

/** One key of the configuration, for messages and the table in docs/config.md. */
export interface SchemaKey {
  /** Dotted. */
  readonly key: string;
  readonly schema: JsonSchema;
  /** `name` of the policy that has the key; null for keys that are always there. */
  readonly policy: string | null;
}

type Properties = Record<string, JsonSchema>;

/** Every key of the schema, containers before what they hold. */
export function describeKeys(): SchemaKey[] {
  return walk(jsonSchema()['properties'] as Properties, '', null).filter(({ key }) => key !== 'defaults');
}

function walk(properties: Properties, prefix: string, policy: string | null): SchemaKey[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const key = prefix + name;
    const inner = schema['properties'] as Properties | undefined;
    const options = (schema['anyOf'] as JsonSchema[] | undefined)?.filter((o) => o['properties'] !== undefined) ?? [];
    return [
      { key, schema, policy },
      ...(inner === undefined ? [] : walk(inner, `${key}.`, policy)),
      ...options.flatMap((option) => walk(option['properties'] as Properties, `${key}.`, optionName(option))),
    ];
  });
}

function optionName(option: JsonSchema): string | null {
  return JSON.stringify(option['properties']).match(/"const":"([^"]*)"/)?.[1] ?? null;
}

/** The keys a configuration may have: those of its own policy among them. */
export function schemaKeys(tree: ConfigMap): string[] {
  const chosen = tree.get('policy');
  const name = chosen instanceof Map ? chosen.get('name') : undefined;
  const all = describeKeys();
  const known = all.some(({ policy }) => policy === name);
  return [...new Set(all.filter(({ policy }) => policy === null || !known || policy === name).map(({ key }) => key))];
}
