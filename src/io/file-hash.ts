import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { ioError } from './io-error.js';

/** SHA-256 (64 hex digits) and size of a file, read as a stream. */
export async function hashFile(path: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  } catch (error) {
    throw ioError(`cannot read ${path}`, error);
  }
  return { sha256: hash.digest('hex'), bytes };
}
