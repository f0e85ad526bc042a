import { mkdtempSync, readFileSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, it } from 'vitest';
import { ColumnError } from '../../../src/backends/parquet/columns.js';
import { rowGroupFiles } from '../../../src/backends/parquet/row-groups.js';
import { readThrift, writeThrift } from '../../../src/backends/parquet/thrift.js';
import { writeParquetRun } from '../../fixtures/parquet-run.js';
import { runModel } from '../../fixtures/run-model.js';
import { tries } from '../runs.js';
import { fuzz, same, shapeOf } from './fuzz.js';

let file: Buffer;
let footer: string;
beforeAll(async () => {
  const directory = mkdtempSync(join(tmpdir(), 'plume-fuzz-'));
  await writeParquetRun(directory, { steps: [runModel(2).steps, runModel(3).steps] });
  file = readFileSync(join(directory, 'steps.parquet'));
  const bytes = file.readUInt32LE(file.length - 8);
  footer = file.subarray(file.length - 8 - bytes, file.length - 8).toString('latin1');
});

const TOKENS = [
  ...[
    '\0',
    '\x15',
    '\x16',
    '\x19',
    '\x1c',
    '\x19\x1c',
    '\x19\xfc',
    '\x19\xf1\xff\xff\xff\xff\x0f',
    '\x18\x05steps',
  ],
  ...[
    '\x11',
    '\x12',
    '\x13',
    '\x17',
    '\x1b',
    '\x0c\x02',
    '\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01',
    '\x99',
    '\x9c',
  ],
];

/** The reason that a file is refused with: one that is said of it, not one that the engine gives. */
function reasonOf(error: unknown): string {
  if (error instanceof ColumnError || (error instanceof Error && error.constructor === Error))
    return shapeOf(error.message);
  throw error;
}

it('footers', async () => {
  const read = (text: string): string => {
    try {
      const struct = readThrift(Buffer.from(text, 'latin1'));
      same('written and read', readThrift(writeThrift(struct)), struct);
      return [...struct]
        .slice(0, 6)
        .map(([id, { type }]) => `${id}:${type}`)
        .join();
    } catch (error) {
      return reasonOf(error);
    }
  };
  const seeds = [footer, footer.slice(0, 60), '\x15\x02\0', '\x19\x2c\0\0\0', '\x11\x12\0'];
  await fuzz({ name: 'Parquet footers', seeds, tokens: TOKENS, read }, tries(1_000_000, 5000));
}, 3_600_000);

it('row groups', async () => {
  const read = async (text: string): Promise<string> => {
    const tail = Buffer.alloc(8, 'PAR1PAR1');
    tail.writeUInt32LE(text.length);
    const pages = file.subarray(0, file.length - 8 - footer.length);
    const bytes = Buffer.concat([pages, Buffer.from(text, 'latin1'), tail]);
    const handle = {
      stat: () => Promise.resolve({ size: bytes.length }),
      read: (target: Buffer, at: number, length: number, position: number) =>
        Promise.resolve({ bytesRead: bytes.copy(target, at, position, position + length), buffer: target }),
    } as unknown as FileHandle;
    const sizes: number[] = [];
    try {
      for await (const group of rowGroupFiles(handle, ['step', 'seed'])) {
        if (sizes.push(group.length) > 50) break;
      }
      return `${sizes.length} groups`;
    } catch (error) {
      return reasonOf(error);
    }
  };
  await fuzz({ name: 'Parquet row groups', seeds: [footer], tokens: TOKENS, read }, tries(300_000, 2000));
}, 3_600_000);
