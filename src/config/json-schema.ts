import { z } from 'zod';
import { manifestSchema, recordSchema, runSchema } from '../core/records.js';
import { EPISODES, STEPS } from '../core/streams.js';
import { configSchema } from './schema.js';

/** A JSON Schema, draft 2020-12, as plain data. */
export type JsonSchema = { [key: string]: unknown };

const cache = new Map<string, JsonSchema>();

/** JSON Schema of the configuration, as editors check the YAML files with it. */
export function jsonSchema(): JsonSchema {
  return once('config', () => ({ title: 'plume-nav-capture configuration', ...openConfig(generate(configSchema)) }));
}

/** Every schema file of conf/schema, by file name. */
export function schemaFiles(): Record<string, JsonSchema> {
  return {
    'config.schema.json': jsonSchema(),
    'steps.schema.json': once('steps', () => ({ title: 'One line of steps.jsonl.gz', ...generate(recordSchema(STEPS)) })),
    'episodes.schema.json': once('episodes', () => ({
      title: 'One line of episodes.jsonl.gz',
      ...generate(recordSchema(EPISODES)),
    })),
    'run.schema.json': once('run', () => ({ title: 'run.json', ...generate(runSchema) })),
    'manifest.schema.json': once('manifest', () => ({ title: 'manifest.json', ...generate(manifestSchema) })),
  };
}

function once(name: string, make: () => JsonSchema): JsonSchema {
  const known = cache.get(name) ?? make();
  cache.set(name, known);
  return known;
}

function generate(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema: made }) => {
      // int() and float() say their type themselves; what zod makes of the bigint inside says nothing.
      if (made.type !== undefined && made.anyOf?.some((option) => Object.keys(option).length === 0)) delete made.anyOf;
    },
  }) as JsonSchema;
}

/** A config file holds part of the keys, its defaults list, `???` and `${…}`; editors should accept all of that. */
function openConfig(schema: JsonSchema): JsonSchema {
  const { required: _required, properties, ...rest } = schema as { required?: unknown; properties: JsonSchema };
  return {
    ...rest,
    properties: {
      defaults: { type: 'array', description: 'Config files this one builds on, in order of merging.' },
      ...(mapProperties(properties) as JsonSchema),
    },
  };
}

function mapProperties(properties: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, open(value as JsonSchema)]));
}

/** A value, or text that becomes one. */
const LATER = { type: 'string', pattern: '^\\?\\?\\?$|\\$\\{' };

function open(schema: JsonSchema): JsonSchema {
  const { description, default: fallback, required: _required, ...rest } = schema;
  const about = {
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
  };
  if (rest['properties'] !== undefined) {
    return { ...about, ...rest, properties: mapProperties(rest['properties'] as JsonSchema) };
  }
  const options = (rest['oneOf'] ?? rest['anyOf']) as JsonSchema[] | undefined;
  if (options?.some((option) => option['properties'] !== undefined)) return { ...about, anyOf: options.map(open) };
  if (Object.keys(rest).length === 0) return about;
  return { ...about, anyOf: [...(options ?? [rest]), LATER] };
}
