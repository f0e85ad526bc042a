import { parseStreamFile, type StreamName } from './layout.js';
import { findParts, hasParts } from './parts.js';
import type { MissingParts } from './continuity.js';

/** Where parts of a stream are not there: what the names show, and the inventory of a manifest if there is one. */
export function missingParts(
  names: readonly string[],
  stream: StreamName,
  format: string,
  listed: readonly string[],
): MissingParts {
  if (!hasParts(format)) return 'none';
  const numbers = (of: readonly string[]): number[] =>
    of
      .map(parseStreamFile)
      .filter((file) => file?.stream === stream && file.format === format)
      .map((file) => file!.part);
  const last = numbers(names).reduce((a, b) => Math.max(a, b), -1);
  if (numbers(listed).some((part) => part > last)) return 'end';
  const { missingFirst, missing } = findParts(names, stream, format);
  return missingFirst === null && missing.length === 0 ? 'none' : 'some';
}
