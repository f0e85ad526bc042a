import type { FindingCodeName } from './findings.js';
import { jsonlParts, STREAM_NAMES } from './layout.js';
import type { Finding } from './report.js';

const WITHOUT_END: ReadonlySet<string> = new Set<FindingCodeName>(['gzip-unfinished', 'gzip-truncated']);

const EMPTY: FindingCodeName = 'sqlite-empty';

/**
 * Whether a finding only says that the last part of a stream has no end, or that there is no beginning yet. So it is in every run whose capture is
 * running or was killed; of earlier parts it is damage.
 *
 * @param names files of the run
 */
export const isCutEnd = ({ code, file }: Finding, names: readonly string[]): boolean =>
  code === EMPTY ||
  (WITHOUT_END.has(code) && STREAM_NAMES.some((stream) => jsonlParts(stream, names).at(-1) === file));
