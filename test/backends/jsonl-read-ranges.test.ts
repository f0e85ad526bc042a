import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonlParts } from '../../src/core/layout.js';
import type { ReadBatch } from '../../src/core/ports.js';
import type { Finding } from '../../src/core/report.js';
import { STREAMS } from '../../src/core/streams.js';
import { openJsonlReader } from '../../src/backends/jsonl/read.js';
import { StreamRanges } from '../../src/backends/jsonl/merge-ranges.js';
import { RangeReader, type RangeRows } from '../../src/backends/jsonl/read-range.js';
import { bgzf, bgzfBlock, END_BLOCK, plainGzip } from '../fixtures/bgzf.js';
import { collectRows, parsed, placeFiles, readJsonl, type Read } from '../fixtures/read-rows.js';
import { runModel } from '../fixtures/run-model.js';

const { steps } = runModel(4);
const LINES = steps.map((step) => JSON.stringify(step));

/** Range by range, with ranges so small that there are many. */
async function readRanges(files: Record<string, Buffer>, size: number): Promise<Read & { own: number }> {
  const directory = placeFiles(files);
  const setup = { directory, stream: STREAMS.steps };
  const ranges = new StreamRanges(setup, jsonlParts('steps', Object.keys(files)), size);
  // two, as two threads would have one each
  const readers = [new RangeReader(setup), new RangeReader(setup)];
  let own = 0;
  async function* results(): AsyncGenerator<RangeRows> {
    let number = 0;
    for (const task of ranges.tasks()) {
      const rows = readers[number++ % 2]!.read(task);
      if (rows.batches === null) own++;
      yield rows;
    }
  }
  const read = await collectRows((report) => ranges.merge(results(), report));
  return { ...read, own };
}

async function expectSame(files: Record<string, Buffer>, size: number): Promise<void> {
  const { batches: _, ...whole } = await readJsonl(files);
  const { batches: __, own: ___, ...ranges } = await readRanges(files, size);
  expect(ranges).toEqual(whole);
}

describe('ranges read elsewhere', () => {
  it('give the rows and their lines', async () => {
    const { rows, places, findings, own, batches } = await readRanges(
      { 'steps.jsonl.gz': bgzf(LINES, 2) },
      600,
    );
    expect(rows).toEqual(parsed(LINES));
    expect(places).toEqual(LINES.map((_, i) => `steps.jsonl.gz:${i + 1}`));
    expect(findings).toEqual([]);
    expect(own).toBe(0);
    expect(batches).toBeGreaterThan(5);
  });

  it('of several parts, one of them ordinary gzip', async () => {
    const files = {
      'steps.jsonl.gz': bgzf(LINES.slice(0, 12), 2),
      'steps.part0001.jsonl.gz': plainGzip(LINES.slice(12, 20)),
      'steps.part0002.jsonl.gz': bgzf(LINES.slice(20), 2),
    };
    const { rows, findings } = await readRanges(files, 600);
    expect(rows).toEqual(parsed(LINES));
    expect(findings.map(({ code, file }) => [code, file])).toEqual([
      ['gzip-plain', 'steps.part0001.jsonl.gz'],
    ]);
    await expectSame(files, 600);
  });

  it('whose lines go on in the next member', async () => {
    const text = LINES.map((line) => `${line}\n`).join('');
    const blocks: Buffer[] = [];
    for (let at = 0; at < text.length; at += 333) blocks.push(bgzfBlock(text.slice(at, at + 333)));
    const file = Buffer.concat([...blocks, END_BLOCK]);
    expect((await readRanges({ 'steps.jsonl.gz': file }, 1000)).rows).toEqual(parsed(LINES));
    await expectSame({ 'steps.jsonl.gz': file }, 1000);
  });

  it('that look whole and begin in the middle of a line', async () => {
    const [first, second, third] = LINES;
    const texts = [`${first}\n`, '{"half":', `${second}\n`, `${third}\n`];
    const files = { 'steps.jsonl.gz': Buffer.concat([...texts.map(bgzfBlock), END_BLOCK]) };
    const { rows, findings } = await readRanges(files, 1);
    expect(rows).toEqual(parsed([first!, third!]));
    expect(findings).toMatchObject([{ code: 'line-json', line: 2 }]);
    await expectSame(files, 1);
  });

  it('with lists of another width than before', async () => {
    const wide = LINES.map((line, i) => (i < 20 ? line : line.replace('"observation_summary":[', '$&0.5,')));
    const files = { 'steps.jsonl.gz': bgzf(wide, 2) };
    const { rows, findings } = await readRanges(files, 600);
    expect(rows).toEqual(parsed(LINES.slice(0, 20)));
    expect(findings).toHaveLength(LINES.length - 20);
    await expectSame(files, 600);
  });
});

describe('real threads', () => {
  const lines = Array.from({ length: 60_000 }, (_, i) =>
    JSON.stringify({
      ...steps[i % steps.length],
      step: i + 1,
      observation_summary: [1, 2, 3, 4, 5, 6].map((k) => Math.sin(i * k)),
    }),
  );
  lines[30_000] = 'no record';
  const file = bgzf(lines, 100);
  const directory = placeFiles({ 'steps.jsonl.gz': file });
  const read = (threads: number, report: (found: Finding) => void): AsyncIterable<ReadBatch> =>
    openJsonlReader(directory, ['steps.jsonl.gz'], STREAMS, { threads }).batches('steps', report);

  it('give what is read here', async () => {
    // large enough for threads to be worth it
    expect(file.length).toBeGreaterThan(4 << 20);
    const here = await collectRows((report) => read(0, report));
    const there = await collectRows((report) => read(2, report));
    expect(there.findings).toEqual(here.findings);
    expect(there.findings).toMatchObject([{ code: 'line-json', line: 30_001 }]);
    expect(there.places).toEqual(here.places);
    expect(there.rows).toEqual(here.rows);
    // ranges end where batches do not
    expect(there.batches).toBeGreaterThan(here.batches);
  });

  it('may be left in the middle', async () => {
    let rows = 0;
    for await (const { batch } of read(2, () => expect.fail())) {
      rows += batch.rows;
      if (rows > 10_000) break;
    }
    expect(rows).toBeGreaterThan(10_000);
  });
});

/** What a line may look like. */
const line = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...LINES) },
  { weight: 1, arbitrary: fc.constantFrom(...LINES).map((each) => each.replaceAll('"', ' "')) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      'no record',
      '{}',
      LINES[0]!.replace('"observation_summary":[', '$&1.5,'),
      LINES[0]!.replace('{', '{"wind":1,'),
      LINES[0]!.replace('"reward":', '"reward":NaN, "x":'),
      LINES[1]!.slice(0, 40),
    ),
  },
);
const part = fc.record({
  lines: fc.array(line, { maxLength: 40 }),
  perBlock: fc.integer({ min: 1, max: 4 }),
  cutLines: fc.boolean(),
  plain: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  unended: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
});

function fileOf({
  lines,
  perBlock,
  cutLines,
  plain,
  unended,
}: typeof part extends fc.Arbitrary<infer P> ? P : never) {
  let text = lines.map((each) => `${each}\n`).join('');
  if (unended) text = text.slice(0, -1);
  if (plain) return plainGzip(text.split('\n'));
  if (!cutLines && !unended) return bgzf(lines, perBlock);
  const blocks: Buffer[] = [];
  for (let at = 0; at < text.length; at += 400) blocks.push(bgzfBlock(text.slice(at, at + 400)));
  return Buffer.concat([...blocks, END_BLOCK]);
}

describe('whatever the files', () => {
  const size = fc.integer({ min: 1, max: 4000 });

  it('reading by ranges is reading here', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 3 }), size, async (parts, bytes) => {
        const names = ['steps.jsonl.gz', 'steps.part0001.jsonl.gz', 'steps.part0002.jsonl.gz'];
        await expectSame(Object.fromEntries(parts.map((each, i) => [names[i]!, fileOf(each)])), bytes);
      }),
      { numRuns: 150 },
    );
  });

  it('however damaged', async () => {
    const whole = bgzf(LINES, 2);
    const place = fc.integer({ min: 0, max: whole.length - 1 });
    await fc.assert(
      fc.asyncProperty(
        place,
        fc.integer({ min: 1, max: 255 }),
        fc.option(place),
        size,
        async (at, by, cut, bytes) => {
          const damaged = Buffer.from(whole);
          damaged[at]! ^= by;
          const file = cut === null ? damaged : damaged.subarray(0, cut);
          await expectSame({ 'steps.jsonl.gz': file, 'steps.part0001.jsonl.gz': bgzf(LINES, 3) }, bytes);
        },
      ),
      { numRuns: 200 },
    );
  });
});
