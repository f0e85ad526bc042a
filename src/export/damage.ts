import { isCutEnd } from '../core/cut-end.js';
import { CaptureError } from '../core/errors.js';
import { STREAM_NAMES, unfinishedParquetName } from '../core/layout.js';
import { findParts } from '../core/parts.js';
import type { Finding } from '../core/report.js';

/** Says how the file was made, not that anything of it is left out. */
const HARMLESS: ReadonlySet<string> = new Set(['gzip-plain', 'line-unended']);

/**
 * What to do with what a reader reports. A run that is not finished may end anywhere, of which another note tells; any
 * other record that cannot be read would be missing from the export, which nobody would see in it.
 *
 * @param note takes what is worth a line and no reason to stop
 * @throws CaptureError `input`
 */
export function judgeFinding(
  found: Finding,
  run: { path: string; names: readonly string[]; finished: boolean },
  note: (text: string) => void,
): void {
  const { code, severity, file, line, message } = found;
  const place = [file, line].filter((part) => part !== null).join(':');
  const text = `${place === '' ? '' : `${place}: `}${message}`;
  if (severity === 'note') {
    if (!HARMLESS.has(code)) note(text);
  } else if (run.finished || !isCutEnd(found, run.names)) {
    throw damaged(run.path, text);
  }
}

/**
 * No reader notices that a file before others is missing; of a finished run the counts in its manifest show it.
 * @throws CaptureError `input`
 */
export function requireParts(path: string, names: readonly string[], format: string): void {
  for (const stream of STREAM_NAMES) {
    const { missingFirst, missing } = findParts(names, stream, format);
    if (missingFirst !== null && !names.includes(unfinishedParquetName(missingFirst))) {
      throw damaged(path, `${missingFirst} is missing`);
    }
    if (missing.length > 0) throw damaged(path, `part ${missing[0]![0]} of the ${stream} is missing`);
  }
}

const damaged = (path: string, what: string): CaptureError =>
  new CaptureError('input', `${path} is damaged: ${what}`, {
    hint: `nothing was exported; plume-nav-capture validate ${path} says all that is wrong`,
  });
