import { it } from 'vitest';
import { LineReader } from '../../../src/backends/jsonl/line-reader.js';
import { MAX_TEXT_LENGTH } from '../../../src/backends/row-batch.js';
import type { Finding } from '../../../src/core/report.js';
import { streamsOf, STREAMS, type StreamSchema } from '../../../src/core/streams.js';
import { collectRows } from '../../fixtures/read-rows.js';
import { runModel } from '../../fixtures/run-model.js';
import { tries } from '../runs.js';
import { fuzz, same } from './fuzz.js';
import { mutate } from './mutate.js';
import type { Random } from './random.js';

const TOKENS = [
  ...[
    '{"',
    '"}',
    '":',
    ',"',
    '"x":',
    '"y":',
    'true',
    'false',
    'null',
    '"step":',
    '"reward":',
    '"seed":',
    '[',
    ']',
  ],
  ...[
    'NaN',
    '-Infinity',
    '1e999',
    '1e-400',
    '-0',
    '-0.0',
    '0.1',
    '1.0',
    '5e-324',
    '1e5',
    '1E+2',
    '01',
    '1.',
    '-',
    '+1',
  ],
  ...[
    '9007199254740991',
    '9007199254740992',
    '123456789012345678901',
    '0.30000000000000004',
    '1.7976931348623157e308',
  ],
  ...[
    '\\u0041',
    '\\ud800',
    '\\"',
    '\\\\',
    ' ',
    '\t',
    '\r',
    '{}',
    '[]',
    '"__proto__":',
    '"agent_position":',
    'é',
    '\u{1f4a8}',
  ],
];

/** Lines in a text: reading a few of them costs as much as making the reader. */
const LINES = 256;
const BREAKS = /\n/g;

/** What the schema says of a record, by JSON.parse: its row, or null when there must be none. */
function rowOf(
  { columns }: StreamSchema,
  line: string,
  width: number | null,
): Record<string, unknown> | null {
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch {
    return null;
  }
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const own = (value: unknown, key: string): unknown =>
    isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  const row: Record<string, unknown> = {};
  for (const { name, path, type, min, nullable } of columns) {
    const outer = own(record, path[0]);
    const value = path[1] === undefined ? outer : own(outer, path[1]);
    const isNumber = typeof value === 'number' && Number.isFinite(value);
    const fits =
      (value === null && nullable === true) ||
      (type === 'text' && typeof value === 'string' && value.length <= MAX_TEXT_LENGTH) ||
      (type === 'bool' && typeof value === 'boolean') ||
      (type === 'int' && Number.isSafeInteger(value) && (value as number) >= (min ?? -Infinity)) ||
      (type === 'float' && isNumber && value >= (min ?? -Infinity)) ||
      (type === 'floats' && Array.isArray(value) && value.every(Number.isFinite));
    if (!fits) return null;
    if (Array.isArray(value)) {
      if (width !== null && value.length !== width) return null;
      row[name] = value.map((item: number) => item + 0);
    } else row[name] = isNumber ? value + 0 : value;
  }
  return row;
}

/** Every line is a row, with the values of JSON.parse, or is reported, and none is both. */
async function readLines(
  stream: StreamSchema,
  lines: readonly string[],
  cuts: readonly number[],
): Promise<string> {
  const text = Buffer.from(`${lines.join('\n')}\n`);
  const findings: Finding[] = [];
  const reader = new LineReader(stream, (found) => findings.push(found));
  reader.beginFile('f');
  const { rows, places } = await collectRows(async function* () {
    let from = 0;
    for (const cut of [...cuts.map((part) => Math.floor(part * text.length)), text.length]) {
      yield* reader.read(text.subarray(from, cut));
      from = Math.max(from, cut);
    }
    yield* reader.endFile(false);
  });
  const byLine = new Map(rows.map((row, i) => [Number(places[i]!.slice(2)), row]));
  const reported = new Map(findings.map((found) => [found.line, found.code]));
  same('lines', byLine.size + reported.size, lines.length);
  let width: number | null = null;
  for (const [i, line] of lines.entries()) {
    // a surrogate without its other half does not survive as UTF-8
    const expected = rowOf(stream, Buffer.from(line).toString(), width);
    same(`line ${i + 1}`, byLine.get(i + 1) ?? null, expected);
    const lists = stream.columns.filter(({ type }) => type === 'floats').map(({ name }) => expected?.[name]);
    for (const list of lists) if (Array.isArray(list)) width ??= list.length;
  }
  return [...new Set(reported.values())].sort().join();
}

const model = runModel(4);
const extended = streamsOf({
  full: true,
  step_interval: 1,
  omitted: ['reward', 'observation_summary'],
  columns: ['wind'],
});
const CASES: [name: string, stream: StreamSchema, rows: readonly object[]][] = [
  ['steps', STREAMS.steps, model.steps],
  ['episodes', STREAMS.episodes, model.episodes],
  [
    'other columns',
    extended.steps,
    model.steps.map((step, i) => ({
      ...step,
      reward: i < 3 ? null : 1,
      observation_summary: i < 5 ? null : [1, 2],
      wind: { x: i, y: 0.5 },
    })),
  ],
];

it.each(CASES)(
  'JSONL: %s',
  async (name, stream, rows) => {
    const seeds = rows.map((row) => JSON.stringify(row));
    const single = (line: string): string => line.replaceAll(BREAKS, ' ');
    const texts = (random: Random): string =>
      [
        // the first line sets how wide lists are
        seeds[0]!,
        ...Array.from({ length: LINES - 1 }, () =>
          random.oneIn(4) ? random.pick(seeds) : single(mutate(random.pick(seeds), random, TOKENS, seeds)),
        ),
      ].join('\n');
    await fuzz(
      {
        name: `JSONL lines, ${name}, ${LINES} in each`,
        seeds: [seeds.join('\n')],
        tokens: TOKENS,
        generate: texts,
        onlyGenerated: true,
        read: (text) => readLines(stream, text.split('\n'), [0, (text.length % 97) / 97]),
      },
      tries(3000, 20),
    );
  },
  3_600_000,
);
