import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../src/backends/backend.js';
import { backendContract as casesOf } from '../../src/contracts/index.js';
import type { Batch } from '../../src/core/batch.js';
import { backendContract } from '../contracts/backend.js';
import { plain, reading, writing } from '../fixtures/example-backend.js';

describe('the example of docs/extending.md', () => backendContract(async () => plain));

describe('the contract suite finds a backend', () => {
  const FAULTS: [what: string, backend: Backend, cases: RegExp][] = [
    [
      'that loses rows',
      writing((writer) => ({
        write: (batch) => writer.write({ ...batch, rows: Math.max(0, batch.rows - 1) }),
      })),
      /reads back what it wrote/,
    ],
    [
      'that rounds',
      reading((read) => {
        const { reward } = read.batch.columns;
        if (reward instanceof Float64Array) reward.set(Float32Array.from(reward));
        return read;
      }),
      /reads back what it wrote/,
    ],
    [
      'that cuts integers to 32 bits',
      reading((read) => {
        const { seed } = read.batch.columns;
        if (seed instanceof Float64Array) seed.set(Int32Array.from(seed));
        return read;
      }),
      /reads back what it wrote/,
    ],
    [
      'that trims texts',
      reading((read) => {
        const ids = read.batch.columns['episode_id'] as { dictionary: string[] };
        ids.dictionary = ids.dictionary.map((text) => text.trim());
        return read;
      }),
      /^keeps any text/,
    ],
    [
      'that writes what it was given only later',
      writing((writer) => {
        const kept: Batch[] = [];
        return {
          write: (batch) => void kept.push(batch),
          async close() {
            for (const batch of kept) await writer.write(batch);
            return writer.close();
          },
        };
      }),
      /^keeps nothing of a batch/,
    ],
    [
      'that says another hash',
      writing((writer) => ({
        close: async () => (await writer.close()).map((file) => ({ ...file, sha256: '0'.repeat(64) })),
      })),
      /reads back what it wrote/,
    ],
    [
      'that keeps a file to itself',
      writing((writer, { directory }) => ({
        close() {
          writeFileSync(join(directory, 'index.bin'), 'x');
          return writer.close();
        },
      })),
      /reads back what it wrote/,
    ],
    [
      'that writes over what is there',
      {
        ...plain,
        openWriter(options) {
          for (const name of ['steps.ndjson', 'episodes.ndjson'])
            rmSync(join(options.directory, name), { force: true });
          return plain.openWriter(options);
        },
      },
      /^does not write over/,
    ],
    [
      'that can be aborted once only',
      writing((writer) => {
        let gone = false;
        return {
          abort() {
            if (gone) throw new Error('closed already');
            gone = true;
            return writer.abort();
          },
        };
      }),
      /^lets go when told to, twice/,
    ],
    [
      'that leaves junk behind an abort',
      writing((writer, { directory }) => ({
        async abort() {
          await writer.abort();
          const file = join(directory, 'steps.ndjson');
          appendFileSync(file, readFileSync(file));
        },
      })),
      /^lets go when told to, twice/,
    ],
    ['that knows every directory', { ...plain, has: () => true }, /^knows its own files only/],
    ['that knows none', { ...plain, has: () => false }, /reads back what it wrote/],
  ];

  const failing = async (backend: Backend): Promise<string[]> => {
    const names: string[] = [];
    for (const { name, run } of casesOf(() => backend)) {
      await run().catch(() => names.push(name));
    }
    return names;
  };

  it.each(FAULTS)('%s', async (_what, backend, cases) => {
    expect(await failing(backend)).toContainEqual(expect.stringMatching(cases));
  });

  it('that promises no equal bytes, if it says it does', async () => {
    let count = 0;
    // a writer's own counter in a file beside the records
    const counting = writing((writer, { directory }) => ({
      async close() {
        const text = String(++count).padStart(64, '0');
        writeFileSync(join(directory, 'count.txt'), text);
        const sha256 = createHash('sha256').update(text).digest('hex');
        return [...(await writer.close()), { path: 'count.txt', bytes: 64, sha256, rows: 0 }];
      },
    }));
    expect(new Set((await failing(counting)).map((name) => name.replace(/ \(.*/, '')))).toEqual(
      new Set(['gives the same bytes for the same batches']),
    );
    for (const { run } of casesOf(() => counting, { deterministic: false })) await run();
  });
});
