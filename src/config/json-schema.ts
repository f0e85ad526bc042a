import { z } from 'zod';
import { configEventSchema } from '../core/config-history.js';
import { manifestSchema, recordSchema, runSchema } from '../core/records.js';
import { rejectionSchema } from '../core/rejections.js';
import { EXTRA_COLUMN_NAMES, FULL_RECORDING, OMITTABLE, streamsOf } from '../core/streams.js';
import { datasetIndexSchema } from '../core/dataset-index.js';
import { policySchema } from '../prune/policy-schema.js';
import { configSchema } from './schema.js';
import { holdsKeys } from './schema-keys.js';

/** A JSON Schema, draft 2020-12, as plain data. */
export interface JsonSchema {
  type?: string | string[];
  description?: string;
  default?: unknown;
  const?: string;
  enum?: string[];
  pattern?: string;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  prefixItems?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  [key: string]: unknown;
}

/** What any run may hold: with every extra column, and null where a column can be left out. */
const ANY_RUN = streamsOf({ ...FULL_RECORDING, omitted: OMITTABLE, columns: EXTRA_COLUMN_NAMES });

let config: JsonSchema | undefined;

/** JSON Schema of the configuration, as editors check the YAML files with it. */
export function jsonSchema(): JsonSchema {
  config ??= { title: 'plume-nav-capture configuration', ...openConfig(generate(configSchema)) };
  return config;
}

/** Every schema file of conf/schema, by file name. */
export function schemaFiles(): Record<string, JsonSchema> {
  return {
    'config.schema.json': jsonSchema(),
    ...groupSchemas(),
    'steps.schema.json': {
      title: 'One line of steps.jsonl.gz',
      ...generate(recordSchema(ANY_RUN.steps, EXTRA_COLUMN_NAMES)),
    },
    'episodes.schema.json': {
      title: 'One line of episodes.jsonl.gz',
      ...generate(recordSchema(ANY_RUN.episodes)),
    },
    'qc-lines.schema.json': { title: 'One line of qc.jsonl', ...generate(rejectionSchema) },
    'run.schema.json': { title: 'run.json', ...generate(runSchema) },
    'manifest.schema.json': { title: 'manifest.json', ...generate(manifestSchema) },
    'config-history.schema.json': {
      title: 'One line of config_history.jsonl',
      ...generate(configEventSchema),
    },
    'prune.schema.json': { title: 'A retention policy', ...generate(policySchema) },
    'dataset-index.schema.json': { title: 'DATASET_INDEX.json', ...generate(datasetIndexSchema) },
  };
}

function generate(schema: z.ZodType): JsonSchema {
  const made = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema: part, zodSchema }) => {
      // zod leaves out the default of what it transforms, though int() and float() give plain numbers.
      const { def } = zodSchema._zod;
      if (def.type === 'default') part.default = def.defaultValue;
      // int() and float() say their type themselves; what zod makes of the bigint inside says nothing.
      const saysNothing = part.anyOf?.some((option) => Object.keys(option).length === 0);
      if (part.type !== undefined && saysNothing === true) delete part.anyOf;
    },
  });
  return made as JsonSchema;
}

/** A config file holds part of the keys, its defaults list, `???` and `${…}`; editors should accept all of that. */
function openConfig({ required: _required, properties = {}, ...rest }: JsonSchema): JsonSchema {
  return withDefaultsList({ ...rest, properties: openProperties(properties) });
}

/** For the files of `conf/policy` and the like, which hold what stands below `policy` in the configuration. */
function groupSchemas(): Record<string, JsonSchema> {
  const { $schema, properties = {} } = jsonSchema();
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([, part]) => holdsKeys(part))
      .map(([name, { default: _default, ...part }]) => [
        `${name}.schema.json`,
        { title: `A config file for '${name}'`, $schema, ...withDefaultsList(part) },
      ]),
  );
}

function withDefaultsList({ properties, anyOf, ...rest }: JsonSchema): JsonSchema {
  if (anyOf !== undefined) return { ...rest, anyOf: anyOf.map(withDefaultsList) };
  const defaults = { type: 'array', description: 'Config files this one builds on, in order of merging.' };
  return { ...rest, properties: { defaults, ...properties } };
}

function openProperties(properties: Record<string, JsonSchema>): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, open(value)]));
}

/** Text that becomes a value. */
const LATER: JsonSchema = { type: 'string', pattern: '^\\?\\?\\?$|\\$\\{' };

function open({ description, default: fallback, required: _required, ...rest }: JsonSchema): JsonSchema {
  const about: JsonSchema = {
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
  };
  const { properties, anyOf, oneOf } = rest;
  if (properties !== undefined) return { ...about, ...rest, properties: openProperties(properties) };
  const options = oneOf ?? anyOf;
  if (options?.some((option) => option.properties !== undefined) === true) {
    return { ...about, anyOf: options.map(open) };
  }
  if (Object.keys(rest).length === 0) return about;
  return { ...about, anyOf: [...(options ?? [rest]), LATER] };
}
