import { CaptureError } from '../core/errors.js';
import type { Finding } from '../core/report.js';

/** What a reader reports once validation has passed: the run was changed in between, so nothing is made of it. */
export function requireStillValid({ severity, file, message }: Finding): void {
  if (severity !== 'error') return;
  throw new CaptureError('input', `the run changed while it was ingested: ${file ?? 'a file'}: ${message}`, {
    hint: 'ingest a run that nothing writes to',
  });
}
