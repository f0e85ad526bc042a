import { createRequire } from 'node:module';
import { inflateRawSync } from 'node:zlib';

type ZlibSync = typeof import('zlib-sync');

/** Inflates raw deflate data whose inflated size is known; null when the data is damaged. */
export type Inflate = (data: Uint8Array, size: number) => Uint8Array | null;

export const inflateNode: Inflate = (data, size) => {
  try {
    // One byte of room more than needed: output that is longer than it claims shows as such.
    const inflated = inflateRawSync(data, { chunkSize: Math.max(64, size + 1), maxOutputLength: 1 << 17 });
    return inflated;
  } catch {
    return null;
  }
};

/**
 * Members inflated by zlib-sync before node:zlib takes over. It never calls inflateEnd, so each member leaves about
 * 9 kB behind (100,000 members: 970 MB), and on 64 KiB members of ours it reaches 1.65 GB/s against 2.2 GB/s.
 */
const ZLIB_SYNC_MEMBERS = 256;

function loadZlibSync(): ZlibSync | null {
  try {
    return createRequire(import.meta.url)('zlib-sync') as ZlibSync;
  } catch {
    return null; // optional: it has to be compiled, and often cannot be
  }
}

export function inflateZlibSync(zlib: ZlibSync): Inflate {
  return (data, size) => {
    const stream = new zlib.Inflate({ windowBits: -15, chunkSize: Math.max(64, size + 1) });
    stream.push(data as Buffer, zlib.Z_FINISH);
    return stream.err === zlib.Z_STREAM_END ? (stream.result as Buffer) : null;
  };
}

let inflater: Inflate | undefined;
let left = ZLIB_SYNC_MEMBERS;

/** The inflater to use: the optional native zlib-sync when it is there, as long as it costs nothing. */
export const inflate: Inflate = (data, size) => {
  if (inflater === undefined) {
    const zlib = loadZlibSync();
    inflater = zlib === null ? inflateNode : inflateZlibSync(zlib);
  }
  if (left-- === 0) inflater = inflateNode;
  return inflater(data, size);
};
