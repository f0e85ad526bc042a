import { CaptureError } from '../core/errors.js';
import type { Finding } from '../core/report.js';

/** How a file ends that was being written when its process was killed: what is there is whole. */
const CUT_SHORT: ReadonlySet<string> = new Set(['gzip-unfinished', 'gzip-truncated']);
/** Says how the file was made, not that anything of it is left out. */
const HARMLESS: ReadonlySet<string> = new Set(['gzip-plain', 'line-unended']);

/**
 * What to do with what a reader reports. A run that is not finished may end anywhere; any other record that cannot
 * be read would be missing from the export, which nobody would see in it.
 *
 * @param note takes what is worth a line and no reason to stop
 * @throws CaptureError `input`
 */
export function judgeFinding(
  { code, severity, file, line, message }: Finding,
  run: { path: string; finished: boolean },
  note: (text: string) => void,
): void {
  const place = [file, line].filter((part) => part !== null).join(':');
  const text = `${place === '' ? '' : `${place}: `}${message}`;
  if (severity === 'note') {
    if (!HARMLESS.has(code)) note(text);
  } else if (!run.finished && CUT_SHORT.has(code)) {
    note(`${text}: exported up to there`);
  } else {
    throw new CaptureError('input', `${run.path} is damaged: ${text}`, {
      hint: `nothing was exported; plume-nav-capture validate ${run.path} says all that is wrong`,
    });
  }
}
