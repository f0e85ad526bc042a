import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, it } from 'vitest';
import {
  canonicalHash,
  canonicalJson,
  compactJson,
  parseTypedJson,
  plainJson,
  prettyJson,
  type JsonMap,
} from '../../../src/core/canonical-json.js';
import { manifestSchema, runSchema } from '../../../src/core/records.js';
import { openRun, readManifest } from '../../../src/io/run-directory.js';
import { capturedRun } from '../../fixtures/captured-run.js';
import { tries } from '../runs.js';
import { fuzz, refusal, same, shapeOf } from './fuzz.js';
import { JSON_VALUES, mutateJson } from './mutate-json.js';
import type { Random } from './random.js';

const TOKENS = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '{"a":',
    '[[[[',
    '{"a":{',
    '"a":1,',
    '"__proto__":',
    '"\\u0061":',
    '"a"',
  ],
  ...[
    '\\',
    '\\u0000',
    '\\ud800',
    '\\/',
    '"\\u0000int"',
    '{"\\u0000int":"5"}',
    '{"\\u0000int":null}',
    'true',
    'null',
  ],
  ...[
    '-0',
    '0.0',
    '1e5',
    '1E+400',
    '-1.5e-7',
    '12345678901234567890',
    '01',
    '1.',
    '.5',
    'NaN',
    '\t',
    '\n',
    '"b":[]',
  ],
];
const TEXTS = [
  '{"a":1,"b":[2.0,-0,1e5,"x"],"c":{"d":null,"e":true}}',
  '[]',
  '"\\ud83d\\ude00\\n"',
  ' -1.5e+3 ',
];
const KEYS = ['a', 'b', '\\u0061', '__proto__', '\\u0000int', '', 'a\\"'];
const SCALARS = ['0', '-0', '1.0', '1e400', '9007199254740993', '"1"', '"\\u0000"', 'true', 'null', '"{"'];

function json(random: Random, depth = 4): string {
  const inner = (): string => (depth <= 0 ? random.pick(SCALARS) : json(random, depth - 1));
  const key = (): string => `"${random.pick(KEYS)}"${random.pick(['', ' '])}:${inner()}`;
  switch (random.below(5)) {
    case 0:
      return `[${inner()},${inner()} ]`;
    case 1:
      return `{${key()}}`;
    case 2:
      return `{${key()}, ${key()},${key()}}`;
    default:
      return inner();
  }
}

/** What JSON.parse reads; undefined for what it refuses. */
function plain(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const REFUSED = /^(?:the key ".*" appears twice in one object|nested more than \d+ levels deep)$/s;

function readTyped(text: string): string {
  const expected = plain(text);
  try {
    const value = parseTypedJson(text);
    // every number is read as JSON.parse does, -0 as the integer 0
    same('read', JSON.stringify(plainJson(value)), JSON.stringify(expected));
    const canonical = canonicalJson(value);
    // Python's json writes an infinity too
    if (canonical.includes('Infinity')) return 'infinite';
    same('printed', canonicalJson(parseTypedJson(canonical)), canonical);
    same('printed for people', compactJson(parseTypedJson(prettyJson(value))), compactJson(value));
    return canonical.replaceAll(/\w+/g, 'x').slice(0, 30);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    same('refused', expected === undefined || REFUSED.test(error.message), true);
    return shapeOf(error.message);
  }
}

it('JSON', async () => {
  const target = { name: 'JSON', seeds: TEXTS, tokens: TOKENS, generate: json, read: readTyped };
  await fuzz(target, tries(1_500_000, 10_000));
}, 3_600_000);

let folder: string;
let run: string;
let files: { run: string; manifest: string };
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plume-fuzz-'));
  run = await capturedRun(folder);
  const text = (name: string): string => readFileSync(join(run, name), 'utf8');
  files = { run: text('run.json'), manifest: text('manifest.json') };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const WORDS = (): string[] => [
  ...TOKENS,
  ...[...new Set(files.manifest.match(/"[a-z_0-9]+":/g))],
  ...['-1', '0.5', '1e300', '""', '[]', '{}', `"${'0'.repeat(64)}"`, '"complete"', '"2026-01-01T00:00:00Z"'],
];

const VALUES = [...JSON_VALUES, `"${'0'.repeat(64)}"`, '"complete"', '"error"', '"2026-01-01T00:00:00Z"'];
const altered = (random: Random): string => mutateJson(random.pick(Object.values(files)), random, VALUES);

it('run.json and manifest.json as schemas read them', async () => {
  const read = (text: string): string => {
    let value: JsonMap;
    try {
      value = parseTypedJson(text) as JsonMap;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return 'not JSON';
    }
    const results = [runSchema, manifestSchema].map((schema) => schema.safeParse(plainJson(value)));
    for (const { success, data } of results) {
      if (success) same('hash', canonicalHash(value).length, 64);
      same('prototype', success ? Object.getPrototypeOf(data) : Object.prototype, Object.prototype);
    }
    return results
      .map(({ error }) => error?.issues.map(({ path, code }) => `${path.join('.')} ${code}`)[0])
      .join();
  };
  const target = {
    name: 'run schemas',
    seeds: Object.values(files),
    tokens: WORDS(),
    generate: altered,
    read,
  };
  await fuzz(target, tries(200_000, 1000));
}, 3_600_000);

it('run.json and manifest.json in their files', async () => {
  let name: keyof typeof files = 'run';
  const read = async (text: string): Promise<string> => {
    name = name === 'run' ? 'manifest' : 'run';
    const path = join(run, `${name}.json`);
    writeFileSync(path, text);
    try {
      const manifest = await readManifest(await openRun(run));
      return Object.keys(manifest ?? {})
        .sort()
        .join()
        .slice(0, 200);
    } catch (error) {
      return refusal(error);
    } finally {
      writeFileSync(path, files[name]);
    }
  };
  const target = { name: 'run files', seeds: Object.values(files), tokens: WORDS(), generate: altered, read };
  await fuzz(target, tries(60_000, 400));
}, 3_600_000);
