import type { JsonSchema } from './json-schema.js';
import { describeKeys, type SchemaKey } from './schema-keys.js';

/** The tables of docs/config.md between its markers, made from the schema. */
export function keysTable(): string {
  const keys = describeKeys().filter(({ schema }) => !holdsKeys(schema));
  const common = keys.filter(({ policy }) => policy === null);
  const policies = [...new Set(keys.flatMap(({ policy }) => (policy === null ? [] : [policy])))];
  return [
    ...table(common),
    ...policies.flatMap((policy) => [
      '',
      `With \`policy=${policy}\`:`,
      '',
      ...table(keys.filter((key) => key.policy === policy)),
    ]),
    '',
  ].join('\n');
}

const holdsKeys = (schema: JsonSchema): boolean =>
  schema['properties'] !== undefined ||
  ((schema['anyOf'] ?? []) as JsonSchema[]).some((option) => option['properties'] !== undefined);

function table(keys: readonly SchemaKey[]): string[] {
  return [
    '| key | type | default | what |',
    '| --- | --- | --- | --- |',
    ...keys.map(({ key, schema }) => {
      const cells = [`\`${key}\``, typeText(schema), defaultText(schema), String(schema['description'] ?? '')];
      return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
    }),
  ];
}

function defaultText(schema: JsonSchema): string {
  return 'default' in schema ? `\`${JSON.stringify(schema['default'])}\`` : '';
}

/** `integer >= 1 or null` */
function typeText(schema: JsonSchema): string {
  const options = (schema['anyOf'] ?? schema['oneOf']) as JsonSchema[] | undefined;
  if (options !== undefined) {
    const texts = options.filter((option) => option['pattern'] === undefined).map(typeText);
    return texts.filter((text) => text !== '').join(' or ');
  }
  if (schema['const'] !== undefined) return `\`${String(schema['const'])}\``;
  if (schema['enum'] !== undefined) return (schema['enum'] as unknown[]).map((v) => `\`${String(v)}\``).join(', ');
  if (schema['type'] === undefined) return 'anything';
  if (schema['type'] === 'array') return arrayText(schema);
  return `${String(schema['type'])}${rangeText(schema)}`;
}

function arrayText(schema: JsonSchema): string {
  const items = schema['prefixItems'] as JsonSchema[] | undefined;
  return items === undefined ? 'list' : `[${items.map(typeText).join(', ')}]`;
}

function rangeText(schema: JsonSchema): string {
  const parts: string[] = [];
  if (schema['minimum'] !== undefined) parts.push(`>= ${String(schema['minimum'])}`);
  if (schema['exclusiveMinimum'] !== undefined) parts.push(`> ${String(schema['exclusiveMinimum'])}`);
  if (schema['maximum'] !== undefined) parts.push(`<= ${String(schema['maximum'])}`);
  return parts.length === 0 ? '' : ` ${parts.join(' and ')}`;
}
