import { emitWarning } from 'node:process';
import { CaptureError } from './core/errors.js';
import { suggest } from './core/nearest.js';
import { FORMAT_NAMES, type FormatName } from './export/format-names.js';
import { exportRun } from './export/index.js';
import { systemClock } from './io/clock.js';
import type { RunRecorderOptions } from './record/recorder-options.js';
import { RunRecorder } from './record/run-recorder.js';
import { createRecordingValidation } from './validate/index.js';

/**
 * Records episodes that another program simulates: a step at a time, then the episode, then `close`.
 * @throws CaptureError `config` for options that do not hold, `io` when the disk refuses
 */
export function openRecorder(options: RunRecorderOptions): Promise<RunRecorder> {
  return RunRecorder.open(options, {
    clock: systemClock,
    startValidation: createRecordingValidation,
    onWarning: emitWarning,
    async exportRun(runDir, { out, format, compression = null, level, episodes }) {
      await exportRun(
        {
          runDir,
          out,
          format: formatOf(format),
          compression,
          level: level === undefined ? null : String(level),
          episodes: episodes === undefined ? null : episodes.join(','),
          columns: null,
          force: false,
        },
        // which actions there are, an environment of somebody else's does not say
        { actionCount: () => null },
      );
    },
  });
}

function formatOf(name: string | undefined): FormatName | null {
  if (name === undefined) return null;
  const found = FORMAT_NAMES.find((each) => each === name);
  if (found !== undefined) return found;
  throw new CaptureError('usage', `unknown format '${name}'`, { hint: suggest(name, FORMAT_NAMES) });
}
