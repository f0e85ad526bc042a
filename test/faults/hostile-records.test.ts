import { ftruncateSync, closeSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { bgzf, bgzfBlock } from '../fixtures/bgzf.js';
import { errorsOf, repeated, survives } from './hostile.js';
import { copyOf, finishedRun } from './runs.js';

const STEPS = 'steps.jsonl.gz';
const BLOCK = 65_280;
/** Members of which each is a line that is not at its end, or lines that are empty. */
const WITHIN = bgzfBlock(Buffer.alloc(BLOCK, 'x'));
const EMPTY_LINES = bgzfBlock(Buffer.alloc(BLOCK, '\n'));

let run: string;
let lines: string[];
beforeAll(async () => {
  run = await finishedRun([]);
  lines = gunzipSync(readFileSync(join(run, STEPS)))
    .toString()
    .trimEnd()
    .split('\n');
});

/** Tries all that read a run on one whose steps are as given: it is damaged, and all say the same. */
async function expectDamaged(write: (path: string) => void, found: RegExp): Promise<void> {
  const copy = copyOf(run);
  write(join(copy, STEPS));
  expect((await errorsOf(copy)).filter((error) => !/^(?:manifest|content)-/.test(error)).join('\n')).toMatch(
    found,
  );
  // ingest validates first
  const exported = await survives(['export', copy, '--out', join(copy, '../steps.parquet')]);
  // another run_id is for validate to say, it can be read
  expect(exported.exitCode).toBe(found === OTHER_RUN ? 0 : 2);
  rmSync(join(copy, '../..'), { recursive: true });
}

const OTHER_RUN = /^run-id steps.jsonl.gz: run_id is "/;

/** Steps with something else in the place of the second. */
const withSecond = (second: (line: string) => string) => (path: string) =>
  writeFileSync(path, bgzf(lines.with(1, second(lines[1]!))));
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const inRunId = (value: string) => (line: string) =>
  line.replace(/"run_id":"[^"]*"/, () => `"run_id":${value}`);

describe('steps of a stranger', () => {
  const LONG =
    /^line-json steps.jsonl.gz: the line is longer than 4194304 bytes; the rest of the file is not read$/;
  it.each<[what: string, write: (path: string) => void, found: RegExp]>([
    ['a line of a gigabyte', (path) => repeated(path, WITHIN, 16_000), LONG],
    [
      'a line of a gigabyte in ordinary gzip',
      (path) => repeated(path, gzipSync(Buffer.alloc(1 << 20)), 1000),
      LONG,
    ],
    ['a billion empty lines', (path) => repeated(path, EMPTY_LINES, 16_000), /^line-too-many /m],
    // enough to be read in threads, which must not read on when enough is known
    ['thirteen billion empty lines', (path) => repeated(path, EMPTY_LINES, 200_000), /^line-too-many /m],
    [
      'a line of 16 MB that opens brackets',
      (path) => writeFileSync(path, gzipSync(`${inRunId(nested(8e6))(lines[0]!)}\n`, { level: 1 })),
      LONG,
    ],
    [
      'a value nested 10,000 levels deep',
      withSecond(inRunId(nested(10_000))),
      /^line-type steps.jsonl.gz: run_id: expected a string, found \[…\]$/,
    ],
    [
      'a line nested 10,000 levels deep',
      withSecond(() => nested(10_000)),
      /^line-json steps.jsonl.gz: expected an object, found \[…\]$/,
    ],
    [
      'a number beyond all doubles',
      withSecond((line) => line.replace(/"reward":[^,]*/, '"reward":1e999')),
      /^line-not-finite steps.jsonl.gz: reward: a number too large for a double$/,
    ],
    [
      'everything under __proto__',
      withSecond((line) => `{"__proto__":${line}}`),
      /^line-key steps.jsonl.gz: the key schema_version is missing$/,
    ],
    [
      'commands to the terminal',
      withSecond(inRunId(String.raw`"\u001b[2J\u009b31m\u202e` + '\u009b31m"')),
      OTHER_RUN,
    ],
  ])('%s', async (_, write, found) => expectDamaged(write, found), 240_000);

  it('texts of megabytes, each another', async () => {
    await expectDamaged((path) => {
      const [before, after] = lines[0]!.split('"1.0.0"') as [string, string];
      const long = Array.from({ length: 64 }, () => WITHIN);
      const each = Array.from({ length: 100 }, (_, i) => [
        bgzfBlock(`${before}"`),
        ...long,
        bgzfBlock(`${i}"${after}\n`),
      ]);
      writeFileSync(path, Buffer.concat(each.flat()));
    }, /^line-type .* schema_version: expected a string of at most 8192 characters, found "x+…[^]*line-too-many/);
  }, 240_000);

  it('keys that every object has are no columns, and change nothing', async () => {
    const copy = copyOf(run);
    const more = '{"__proto__":{"step":7},"constructor":{"prototype":{"seed":7}},';
    writeFileSync(join(copy, STEPS), bgzf(lines.map((line) => line.replace('{', more))));
    // the records are the same, and only the file is another
    expect(await errorsOf(copy)).toEqual([expect.stringContaining(`manifest-file ${STEPS}: `)]);
  });

  it('more steps than the manifest says are not exported until the disk is full', async () => {
    const copy = copyOf(run);
    const line = `${lines[0]!}\n`;
    repeated(join(copy, STEPS), bgzfBlock(line.repeat(Math.floor(BLOCK / line.length))), 20_000);
    const { exitCode, stderr } = await survives(['export', copy, '--out', join(copy, '../steps.csv')]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: expect.stringMatching(/holds more steps, its manifest.json says \d+ \(nothing was exported; /),
    });
  }, 120_000);
});

describe.each(['run.json', 'manifest.json'])('%s of a stranger', (name) => {
  const MORE = 'more than any run needs (take the run from where it was captured)';
  it.each<[what: string, change: (path: string) => void, says: string]>([
    [
      'of 300 MB',
      (path) => {
        const file = openSync(path, 'r+');
        ftruncateSync(file, 3e8);
        closeSync(file);
      },
      `is larger than 200 MB, ${MORE}`,
    ],
    [
      'of twelve million values',
      (path) => writeFileSync(path, `[${'1,'.repeat(12e6)}1]`),
      `is larger than 11 million values, ${MORE}`,
    ],
    [
      'nested 10,000 levels deep',
      (path) => writeFileSync(path, `{"extra":${nested(10_000)}}`),
      'is not valid JSON: nested more than',
    ],
    [
      'with objects 2,000 levels deep',
      (path) => writeFileSync(path, `{"extra":${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}}`),
      'is not valid JSON: nested more than',
    ],
  ])('%s', async (_, change, says) => {
    const copy = copyOf(run);
    change(join(copy, name));
    const size = statSync(join(copy, name)).size;
    const [error, ...others] = await errorsOf(copy);
    expect(error).toContain(says.split(' (')[0]);
    expect(others).toEqual([]);
    const { exitCode, stderr } = await survives(['export', copy, '--out', join(copy, '../steps.csv')]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(says) });
    const pruned = await survives(['prune', join(copy, '../..'), '--keep-within', '1h', '--yes']);
    expect(pruned.stdout).toContain('removed 0 runs');
    expect(statSync(join(copy, name)).size).toBe(size);
  });
});
