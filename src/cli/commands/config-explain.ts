import type { JsonValue } from '../../core/canonical-json.js';
import {
  describeOrigin,
  explainKey,
  toYaml,
  type Explained,
  type Explanation,
  type Origin,
} from '../../config/index.js';
import { configJson } from '../config-json.js';
import { composeRequest, type ConfigOptions } from '../config-options.js';
import { EXIT } from '../exit-codes.js';
import { requireOverrides } from '../operands.js';
import { printable, type Output } from '../ui.js';

export interface ExplainOptions extends ConfigOptions {
  json?: boolean;
}

/** `config explain KEY [overrides...]`: the value of a key and what made it so. */
export async function run(
  key: string,
  overrides: string[],
  options: ExplainOptions,
  output: Output,
): Promise<number> {
  requireOverrides(overrides);
  const explained = await explainKey(composeRequest(options, overrides), key);
  const { description, builtIn, warnings } = explained;
  for (const warning of warnings) output.stderr(`warning: ${printable(warning)}\n`);
  if (options.json === true) {
    output.stdout(`${configJson({ ...explanationJson(explained), description })}\n`);
    return EXIT.done;
  }
  output.stdout(explanationText(explained, { description, builtIn }));
  return EXIT.done;
}

function explanationText(
  { key, value, writes, references, variables }: Explanation,
  { description, builtIn }: Partial<Pick<Explained, 'description' | 'builtIn'>> = {},
): string {
  const rows = writes.map((write) => [
    write.key === key ? '' : printable(write.key),
    write.value === undefined
      ? '(deleted)'
      : printable(oneLine(toYaml(write.value, { interpolations: 'kept' }))),
    printable(describeOrigin(write.origin)),
    write.chosenBy === null ? '' : `chosen by ${printable(describeOrigin(write.chosenBy))}`,
  ]);
  const used = [0, 1, 2, 3].filter((column) => rows.some((row) => row[column] !== ''));
  const widths = used.map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    `  ${used.map((column, i) => row[column]!.padEnd(widths[i]!)).join('  ')}`.trimEnd(),
  );
  const read = variables.map(({ name, text }) =>
    text === null
      ? `  ${name} is not set in the environment`
      : `  ${name}=${printable(text)} in the environment`,
  );
  if (value === undefined && builtIn !== undefined)
    lines.push(`  ${JSON.stringify(builtIn)}  built in, since nothing sets it`);
  const shown = value === undefined ? builtInText(builtIn) : `:${valueText(printableLines(toYaml(value)))}`;
  const head = printable(key) + shown;
  return [
    head,
    ...(typeof description === 'string' ? [description, ''] : []),
    ...lines,
    ...read,
    ...references.map((other) => `\n${explanationText(other).trimEnd()}`),
    '',
  ].join('\n');
}

const builtInText = (builtIn: unknown): string =>
  builtIn === undefined ? ' is not set' : `: ${JSON.stringify(builtIn)}`;

const printableLines = (yaml: string): string => yaml.split('\n').map(printable).join('\n');

/** A single value stands behind its key, anything longer below it. */
function valueText(yaml: string): string {
  const lines = yaml.trimEnd().split('\n');
  const [first = ''] = lines;
  if (lines.length === 1 && !/^[^"[{].*:(?: |$)/.test(first)) return ` ${first}`;
  return `\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
}

const oneLine = (yaml: string): string => yaml.trimEnd().replaceAll('\n', ' ');

function explanationJson({
  key,
  value,
  writes,
  references,
  variables,
}: Explanation): Record<string, JsonValue> {
  return {
    key,
    value: value ?? null,
    set: value !== undefined,
    writes: writes.map((write) => ({
      key: write.key,
      value: write.value ?? null,
      deleted: write.value === undefined,
      origin: originJson(write.origin),
      chosen_by: write.chosenBy === null ? null : originJson(write.chosenBy),
    })),
    references: references.map(explanationJson),
    variables: variables.map(({ name, text }) => ({ name, value: text })),
  };
}

function originJson(origin: Origin): JsonValue {
  if (origin.kind !== 'file') return { ...origin };
  return { kind: 'file', file: origin.file, line: BigInt(origin.line) };
}
