import { open, type FileHandle } from 'node:fs/promises';
import type { CreateOptions } from '../../../backends/hdf5/library.js';
import { lookup3 } from './lookup3.js';

/*
 * Minari's users index with terminations (`episodes[mask]`), and numpy takes an int8 for an index and not for a
 * choice: the wrong episodes, without an error. So these datasets have to be booleans, which h5py and Minari keep as
 * an enumeration of FALSE and TRUE. The library reads enumerations but makes none. What it does make is a compound of
 * one int8, and with a name of eleven characters the description of that type has as many bytes as the enumeration's;
 * so datasets are made as such compounds and their descriptions exchanged in the finished file.
 *
 * Bytes as the HDF5 File Format Specification 3.0 has them: IV.A.1.b version 2 object header, IV.A.2.d datatype
 * message of version 3. The checksum of a header is looked at before and made anew after.
 */
const MEMBER = 'plume_bools';
const INT8 = Buffer.from('100800000100000000000800', 'hex');
const SIZE_1 = Buffer.from('01000000', 'hex');
const COMPOUND = Buffer.concat([Buffer.from('36010000', 'hex'), SIZE_1, Buffer.from(`${MEMBER}\0\0`), INT8]);
const ENUMERATION = Buffer.concat([
  Buffer.from('38020000', 'hex'),
  SIZE_1,
  INT8,
  Buffer.from('FALSE\0TRUE\0'),
  Buffer.from([0, 1]),
]);

type Element = Pick<CreateOptions, 'type' | 'size' | 'signed' | 'vlen'>;
const member = { name: MEMBER, offset: 0, type: 0, size: 1, signed: true, vlen: false };

/** Element type of a dataset of bytes 0 and 1 that `makeBooleans` makes booleans. */
export const BOOLEANS_TO_BE: Element & { compound_type: object } = {
  type: 6,
  size: 1,
  signed: false,
  vlen: false,
  compound_type: { nmembers: 1, members: [member] },
};

const WINDOW_BYTES = 1 << 22;
/** Room before and behind a description for the header it lies in. */
const MARGIN_BYTES = 4096;

/**
 * Makes the datasets of a finished file that were made as BOOLEANS_TO_BE booleans.
 * @param expected how many there are
 */
export async function makeBooleans(path: string, expected: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    const window = Buffer.alloc(WINDOW_BYTES + 2 * MARGIN_BYTES);
    let made = 0;
    for (let start = 0; start < size; start += WINDOW_BYTES) {
      const from = Math.max(0, start - MARGIN_BYTES);
      const { bytesRead } = await file.read(window, 0, window.length, from);
      const bytes = window.subarray(0, bytesRead);
      for (let at = bytes.indexOf(COMPOUND); at >= 0; at = bytes.indexOf(COMPOUND, at + 1)) {
        const isOwn = from + at >= start && from + at < start + WINDOW_BYTES;
        if (isOwn && (await exchange(file, bytes, at, from))) made++;
      }
    }
    if (made !== expected) throw new Error(`${made} of ${expected} datasets of booleans were made`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** False when the bytes are no description in an object header but somebody's data. */
async function exchange(file: FileHandle, bytes: Buffer, at: number, from: number): Promise<boolean> {
  const header = headerAround(bytes, at);
  if (header === null) return false;
  const { start, end } = header;
  ENUMERATION.copy(bytes, at);
  bytes.writeUInt32LE(lookup3(bytes.subarray(start, end)), end);
  await file.write(bytes, start, end + 4 - start, from + start);
  return true;
}

/** The object header in which a position lies: [start, end), its checksum right behind. */
function headerAround(bytes: Buffer, at: number): { start: number; end: number } | null {
  const start = bytes.lastIndexOf('OHDR', at);
  if (start < 0 || bytes[start + 4] !== 2) return null;
  const flags = bytes[start + 5]!;
  const sizeBytes = 1 << (flags & 3);
  if (sizeBytes > 4) return null;
  // times, and when attributes change their place
  const sizeAt = start + 6 + ((flags & 0x20) === 0 ? 0 : 16) + ((flags & 0x10) === 0 ? 0 : 4);
  const end = sizeAt + sizeBytes + bytes.readUIntLE(sizeAt, sizeBytes);
  if (end <= at || end + 4 > bytes.length) return null;
  return bytes.readUInt32LE(end) === lookup3(bytes.subarray(start, end)) ? { start, end } : null;
}
