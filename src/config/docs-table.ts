import { VARIABLES } from './environment.js';
import type { JsonSchema } from './json-schema.js';
import { describeKeys, holdsKeys, type SchemaKey } from './schema-keys.js';

/** The tables of docs/config.md between its markers, made from the schema. */
export function keysTable(config: JsonSchema): string {
  const keys = describeKeys(config).filter((key) => !holdsKeys(key.schema));
  const names = keys.filter(({ policy, key }) => policy !== null && key === 'policy.name');
  const anyName: SchemaKey = {
    key: 'policy.name',
    policy: null,
    schema: { ...names[0]!.schema, anyOf: names.map(({ schema }) => schema) },
  };
  const common = keys.filter(({ policy }) => policy === null);
  return [...table([...common, anyName]), ...policyTables(keys), ''].join('\n');
}

/** The environment variables and the keys they set. */
export function variablesTable(): string {
  const rows = [...VARIABLES].map(([variable, key]) => `| \`${variable}\` | \`${key}\` |`);
  return ['| variable | key |', '| --- | --- |', ...rows, ''].join('\n');
}

/** One table for all policies that have the same keys and defaults. */
function policyTables(keys: readonly SchemaKey[]): string[] {
  const policiesByTable = new Map<string, string[]>();
  for (const policy of new Set(keys.flatMap(({ policy: name }) => (name === null ? [] : [name])))) {
    const own = keys.filter((key) => key.policy === policy && key.key !== 'policy.name');
    const text = own.length === 0 ? 'No keys of its own.' : table(own).join('\n');
    policiesByTable.set(text, [...(policiesByTable.get(text) ?? []), policy]);
  }
  return [...policiesByTable].flatMap(([text, policies]) => {
    const names = policies.map((policy) => `\`policy=${policy}\``);
    return ['', `With ${names.join(' or ')}:`, '', text];
  });
}

function table(keys: readonly SchemaKey[]): string[] {
  return [
    '| key | type | default | what |',
    '| --- | --- | --- | --- |',
    ...keys.map(({ key, schema }) => {
      const cells = [`\`${key}\``, typeText(schema), defaultText(schema), schema.description ?? ''];
      return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
    }),
  ];
}

function defaultText(schema: JsonSchema): string {
  return 'default' in schema ? `\`${JSON.stringify(schema.default)}\`` : '';
}

/** `integer >= 1 or null` */
function typeText({ anyOf, const: only, enum: names, type, prefixItems, ...schema }: JsonSchema): string {
  if (anyOf !== undefined) {
    const texts = anyOf.filter((option) => option.pattern === undefined).map(typeText);
    return texts.filter((text) => text !== '').join(' or ');
  }
  if (only !== undefined) return `\`${only}\``;
  if (names !== undefined) return names.map((name) => `\`${name}\``).join(', ');
  if (type === undefined) return 'anything';
  if (Array.isArray(type)) return type.join(' or ');
  if (type === 'array')
    return prefixItems === undefined ? 'list' : `[${prefixItems.map(typeText).join(', ')}]`;
  return type + rangeText(schema);
}

function rangeText({ minimum, exclusiveMinimum, maximum }: JsonSchema): string {
  const parts: string[] = [];
  if (minimum !== undefined) parts.push(`>= ${minimum}`);
  if (exclusiveMinimum !== undefined) parts.push(`> ${exclusiveMinimum}`);
  if (maximum !== undefined) parts.push(`<= ${maximum}`);
  return parts.length === 0 ? '' : ` ${parts.join(' and ')}`;
}
