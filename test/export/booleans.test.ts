import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { calling, loadLibrary } from '../../src/backends/hdf5/library.js';
import { makeBooleans } from '../../src/export/formats/minari/booleans.js';
import { GroupFile } from '../../src/export/formats/minari/group-file.js';
import { lookup3 } from '../../src/export/formats/minari/lookup3.js';
import { newFolder } from './support.js';

const MARK = 'plume_bools';

/** A file with some datasets, of booleans and of text that looks like one of their descriptions. */
async function written(datasets: number, level: number | null, text = ''): Promise<string> {
  const path = join(newFolder(), 'a.hdf5');
  const file = new GroupFile(await loadLibrary(), path, level);
  for (let i = 0; i < datasets; i++) {
    file.group(`g${i}`);
    file.text(`g${i}`, 'text', text);
    file.dataset(`g${i}/flags`, 'bool', Uint8Array.of(0, 0, 1, 0), 4);
  }
  file.close();
  expect(file.booleans).toBe(datasets);
  return path;
}

/** The library's own description of a dataset. */
async function described(path: string, dataset: string): Promise<unknown> {
  const library = await loadLibrary();
  const file = calling(path, () => library.open(path, 0, false, 2, 2));
  const { type, enum_type: members } = library.get_dataset_metadata(file, dataset) as unknown as {
    type: number;
    enum_type: unknown;
  };
  library.close_file(file);
  return { type, members };
}

describe('booleans of an HDF5 file', () => {
  it.each([null, 4])('are an enumeration of FALSE and TRUE (gzip %s)', async (level) => {
    // many, so that they lie in several of the windows in which a file is read
    const path = await written(12, level, 'x'.repeat(600_000));
    await makeBooleans(path, 12);
    for (const i of [0, 5, 11]) {
      expect(await described(path, `g${i}/flags`)).toMatchObject({
        type: 8,
        members: { nmembers: 2, members: { FALSE: 0, TRUE: 1 } },
      });
    }
    expect(readFileSync(path).includes(MARK)).toBe(false);
  });

  it('data that looks like a description stays as it is', async () => {
    const path = await written(1, null);
    const bytes = readFileSync(path);
    const at = bytes.indexOf(MARK) - 8;
    const description = bytes.subarray(at, at + 33);
    const header = bytes.subarray(bytes.lastIndexOf('OHDR', at), at + 200);
    // behind the end of the file as HDF5 knows it: alone, and in a header whose checksum is not one
    appendFileSync(path, Buffer.concat([description, header, Buffer.alloc(300)]));
    await makeBooleans(path, 1);
    expect(readFileSync(path).subarray(bytes.length)).toEqual(
      Buffer.concat([description, header, Buffer.alloc(300)]),
    );
  });

  it('one that is not found is an error', async () => {
    const path = await written(2, null);
    const bytes = readFileSync(path);
    // the checksum of its header no longer fits
    bytes[bytes.lastIndexOf('OHDR', bytes.indexOf(MARK)) + 8]! ^= 1;
    writeFileSync(path, bytes);
    await expect(makeBooleans(path, 2)).rejects.toThrow('1 of 2 datasets of booleans were made');
  });
});

describe('lookup3', () => {
  // from the driver of Jenkins' own lookup3.c: hashlittle with initial value 0
  it.each([
    ['', 0xdeadbeef],
    ['Four score and seven years ago', 0x17770551],
  ])("'%s'", (text, hash) => {
    expect(lookup3(Buffer.from(text))).toBe(hash);
  });

  it('is the checksum of every object header the library writes, whatever its length', async () => {
    const lengths = new Set<number>();
    for (const text of ['', 'a', 'bcd', 'efghi', 'jklmnopq']) {
      const bytes = readFileSync(await written(3, null, text));
      for (let at = bytes.indexOf('OHDR'); at >= 0; at = bytes.indexOf('OHDR', at + 1)) {
        const flags = bytes[at + 5]!;
        const sizeAt = at + 6 + ((flags & 0x20) === 0 ? 0 : 16) + ((flags & 0x10) === 0 ? 0 : 4);
        const sizeBytes = 1 << (flags & 3);
        const end = sizeAt + sizeBytes + bytes.readUIntLE(sizeAt, sizeBytes);
        expect(lookup3(bytes.subarray(at, end))).toBe(bytes.readUInt32LE(end));
        lengths.add(end - at);
      }
    }
    expect(lengths.size).toBeGreaterThan(1);
  });
});
