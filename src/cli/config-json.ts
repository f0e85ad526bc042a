import { compactJson, type JsonMap, type JsonValue } from '../core/canonical-json.js';
import { CaptureError } from '../core/errors.js';

/**
 * A configuration, or what tells of one, as a line of JSON.
 * @throws CaptureError of kind config for inf and nan, which a program that reads JSON would stumble over
 */
export function configJson(value: JsonValue): string {
  requireFinite(value, []);
  return compactJson(value);
}

function requireFinite(value: JsonValue, path: readonly string[]): void {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    const shown = Number.isNaN(value) ? 'nan' : 'inf';
    throw new CaptureError('config', `--json: ${path.join('.')} is ${shown}, which JSON cannot hold`, {
      hint: 'leave out --json',
    });
  }
  if (typeof value !== 'object' || value === null) return;
  const entries: Iterable<[unknown, JsonValue]> =
    value instanceof Map || Array.isArray(value) ? value.entries() : Object.entries(value as JsonMap);
  for (const [key, item] of entries) requireFinite(item, [...path, String(key)]);
}
