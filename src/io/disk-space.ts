import { statfsSync } from 'node:fs';
import { CaptureError } from '../core/errors.js';
import { ioError } from './io-error.js';

/** Room on the disk that a folder lies on. */
export interface DiskSpace {
  /** Bytes that may still be written without being root. */
  free: number;
  /** Bytes that may be written at all. */
  total: number;
  /** The same as a share of what may be written at all, 0 to 1: `df` has the rest under Use%. */
  share: number;
}

/**
 * Takes some microseconds.
 * @throws CaptureError `io` when the file system does not tell
 */
export function diskSpace(folder: string): DiskSpace {
  const doing = `cannot measure the free space of ${folder}`;
  try {
    const { bsize, blocks, bfree, bavail } = statfsSync(folder);
    // what is kept for root is neither used nor free
    const usable = blocks - bfree + bavail;
    if (usable <= 0) throw new CaptureError('io', `${doing}: its file system does not tell`);
    return { free: bavail * bsize, total: usable * bsize, share: bavail / usable };
  } catch (error) {
    throw ioError(doing, error);
  }
}
