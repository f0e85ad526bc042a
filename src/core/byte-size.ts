import { CaptureError } from './errors.js';

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};
const SIZE = /^(\d+(?:\.\d+)?) ?([A-Za-z]+)$/;

/** Reads `200GB`, `1.5TB`, `512 MiB` as bytes. */
export function parseByteSize(what: string, text: string): number {
  const [, count, unit] = SIZE.exec(text) ?? [];
  const bytes = Math.round(Number(count) * (UNITS[unit ?? ''] ?? Number.NaN));
  if (Number.isSafeInteger(bytes)) return bytes;
  throw new CaptureError('usage', `${what} '${text}' is not a size`, {
    hint: `write a number with a unit: 200GB, 1.5TB, 512MiB (${Object.keys(UNITS).join(', ')})`,
  });
}

const PERCENT = /^(\d+(?:\.\d+)?)%$/;

/** Reads `20%` as 0.2; null when the text is no percentage from 0 to 100. */
export function parsePercent(text: string): number | null {
  const [, count] = PERCENT.exec(text) ?? [];
  const share = Number(count) / 100;
  return share >= 0 && share <= 1 ? share : null;
}
