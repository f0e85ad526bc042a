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

/** Every key of the schema, containers before what they hold. */
export function describeKeys(): SchemaKey[] {
  return walk(jsonSchema().properties, '', null).filter(({ key }) => key !== 'defaults');
}

function walk(properties: JsonSchema['properties'], prefix: string, policy: string | null): SchemaKey[] {
  return Object.entries(properties ?? {}).flatMap(([name, schema]) => {
    const key = prefix + name;
    return [
      { key, schema, policy },
      ...walk(schema.properties, `${key}.`, policy),
      ...(schema.anyOf ?? []).flatMap(({ properties: own }) =>
        walk(own, `${key}.`, optionName(own) ?? policy),
      ),
    ];
  });
}

/** The `name` that a variant of the policy is told by. */
function optionName(properties: JsonSchema['properties']): string | undefined {
  const name = properties?.['name'];
  return name?.const ?? name?.anyOf?.[0]?.const;
}

/** The keys a configuration may have: those of its own policy among them. */
export function schemaKeys(tree: ConfigMap): string[] {
  const chosen = tree.get('policy');
  const name = chosen instanceof Map ? chosen.get('name') : undefined;
  const all = describeKeys();
  const known = all.some(({ policy }) => policy === name);
  const fitting = all.filter(({ policy }) => policy === null || !known || policy === name);
  return [...new Set(fitting.map(({ key }) => key))];
}
