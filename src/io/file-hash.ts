import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { ioError } from './io-error.js';

const BUFFER_BYTES = 1 << 20;

/** SHA-256 (64 hex digits) and size of a file. */
export interface HashedBytes {
  sha256: string;
  bytes: number;
}

/** Hashes a file, read piece by piece. */
export async function hashFile(path: string): Promise<HashedBytes> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    const file = await open(path);
    try {
      const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
      for (;;) {
        const { bytesRead } = await file.read(buffer);
        if (bytesRead === 0) break;
        hash.update(buffer.subarray(0, bytesRead));
        bytes += bytesRead;
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    throw ioError(`cannot read ${path}`, error);
  }
  return { sha256: hash.digest('hex'), bytes };
}
