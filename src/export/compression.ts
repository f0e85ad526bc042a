import { CaptureError } from '../core/errors.js';
import { suggest } from '../core/nearest.js';

/** What a format can do: by compression, the levels it takes; null for one without levels. */
export type Compressions = Readonly<Record<string, { min: number; max: number } | null>>;

/** Levels of zlib: 0 stores, 9 is smallest. */
export const GZIP_LEVELS = { min: 0, max: 9 } as const;

export interface Compression {
  /** Null for the format's own default. */
  readonly name: string | null;
  readonly level: number | null;
}

/**
 * What `--compression` and `--level` mean for a format.
 * @param usual the compression when none is named, to which a level then belongs
 * @throws CaptureError `usage` for what the format cannot do
 */
export function chooseCompression(
  format: string,
  can: Compressions,
  usual: string,
  { compression, level }: { compression: string | null; level: string | null },
): Compression {
  const names = Object.keys(can);
  if (names.length === 0 && (compression !== null || level !== null)) {
    const flag = compression === null ? '--level' : '--compression';
    throw new CaptureError('usage', `${flag} cannot apply to ${format}, which does not compress`, {
      hint: `leave it out, or compress the file yourself`,
    });
  }
  if (compression !== null && !names.includes(compression)) {
    throw new CaptureError('usage', `--compression '${compression}' cannot apply to ${format}`, {
      hint: suggestOf(compression, names),
    });
  }
  if (level === null) return { name: compression, level: null };
  const name = compression ?? usual;
  const range = can[name] ?? null;
  if (range === null) {
    const leveled = names.filter((each) => can[each] !== null);
    throw new CaptureError('usage', `--level cannot apply to ${format} with ${name}, which has no levels`, {
      hint:
        leveled.length === 0 ? 'leave it out' : `leave it out, or give --compression ${leveled.join(' or ')}`,
    });
  }
  const number = Number(level);
  if (!/^\d+$/.test(level) || number < range.min || number > range.max) {
    throw new CaptureError('usage', `--level ${level}: ${name} has levels ${range.min} to ${range.max}`);
  }
  return { name, level: number };
}

const suggestOf = (name: string, names: readonly string[]): string =>
  names.length === 1 ? `valid: ${names[0]}` : suggest(name, names);
