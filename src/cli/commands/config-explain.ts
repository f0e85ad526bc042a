import { compactJson, type JsonValue } from '../../core/canonical-json.js';
import { describeOrigin, explainKey, toYaml, type Explanation, type Origin } from '../../config/index.js';
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
  const { description, builtIn } = explained;
  if (options.json === true) {
    output.stdout(`${compactJson({ ...explanationJson(explained), description })}\n`);
    return EXIT.done;
  }
  const unset =
    explained.value === undefined && builtIn !== undefined
      ? `  ${JSON.stringify(builtIn)}  built in; no file sets it\n`
      : '';
  output.stdout(explanationText(explained, description) + unset);
  return EXIT.done;
}

function explanationText(
  { key, value, writes, references, variables }: Explanation,
  description: string | null = null,
): string {
  const rows = writes.map((write) => [
    write.key === key ? '' : write.key,
    write.value === undefined ? '(deleted)' : oneLine(toYaml(write.value, { interpolations: 'kept' })),
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
  const head = value === undefined ? `${key} is not set` : `${key}:${valueText(toYaml(value))}`;
  return [
    head,
    ...(description === null ? [] : [description, '']),
    ...lines,
    ...read,
    ...references.map((other) => `\n${explanationText(other).trimEnd()}`),
    '',
  ].join('\n');
}

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
