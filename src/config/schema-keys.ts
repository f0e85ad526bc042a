import { join } from 'node:path';
import { readConfigText } from '../io/config-files.js';
import { packedConfig } from './config-folders.js';
import type { JsonSchema } from './json-schema.js';
import type { ConfigMap } from './node.js';

/** One key of the configuration, for messages, completion and the table in docs/config.md. */
export interface SchemaKey {
  /** Dotted. */
  readonly key: string;
  readonly schema: JsonSchema;
  /** `name` of the policy that has the key; null for keys that are always there. */
  readonly policy: string | null;
}

/** The schema that comes with the package: reading the file takes a fraction of the time zod takes to make it. */
function packedSchema(): JsonSchema {
  return JSON.parse(readConfigText(join(packedConfig(), 'schema/config.schema.json'))) as JsonSchema;
}

/** Every key of the schema, containers before what they hold. */
export function describeKeys(schema: JsonSchema = packedSchema()): SchemaKey[] {
  return walk(schema.properties, '', null).filter(({ key }) => key !== 'defaults');
}

/** Whether keys lie below the one that has this schema. */
export const holdsKeys = ({ properties, anyOf = [] }: JsonSchema): boolean =>
  properties !== undefined || anyOf.some((option) => option.properties !== undefined);

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

/** The keys that fit a configuration: of the policies' only those of its own, of all of them when it has none. */
export function fittingKeys(tree: ConfigMap): SchemaKey[] {
  const chosen = tree.get('policy');
  const name = chosen instanceof Map ? chosen.get('name') : undefined;
  const all = describeKeys();
  const known = all.some(({ policy }) => policy === name);
  return all.filter(({ policy }) => policy === null || !known || policy === name);
}

/** Their names. */
export function schemaKeys(tree: ConfigMap): string[] {
  return [...new Set(fittingKeys(tree).map(({ key }) => key))];
}
