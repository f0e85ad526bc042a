import type { JsonValue } from '../core/canonical-json.js';
import type { ExportSource } from './source.js';

/** Which part of the run was exported, for what the export says of itself; null when it is all of it. */
export function selectionJson({ episodes, columns }: ExportSource): JsonValue {
  if (episodes === null && columns === null) return null;
  return { episodes: episodes?.text ?? null, columns };
}
