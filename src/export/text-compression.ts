import { GZIP_LEVELS, type Compression, type Compressions } from './compression.js';

/** zlib's own default is slower by more than it is smaller. */
const USUAL_LEVEL = 3;

/** What the formats of text do. */
export const TEXT_COMPRESSIONS: Compressions = { gzip: GZIP_LEVELS, none: null };

/** A name that ends in .gz asks for gzip. */
export const usualTextCompression = (name: string): string =>
  name.toLowerCase().endsWith('.gz') ? 'gzip' : 'none';

/** zlib level of a file of text; null when it is not compressed. */
export function textLevel({ name, level }: Compression, fileName: string): number | null {
  if ((name ?? usualTextCompression(fileName)) === 'none') return null;
  return level ?? USUAL_LEVEL;
}
