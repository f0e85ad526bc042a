import { emitWarning } from 'node:process';
import { z } from 'zod';
import { backends } from './backends/index.js';
import { int } from './core/config-types.js';
import { CaptureError } from './core/errors.js';
import { suggest } from './core/nearest.js';
import { FORMAT_NAMES, type FormatName } from './export/format-names.js';
import { exportRun } from './export/index.js';
import { systemClock } from './io/clock.js';
import { parseOptions } from './record/parse-options.js';
import type { RunRecorderOptions } from './record/recorder-options.js';
import { RunRecorder } from './record/run-recorder.js';
import { createRecordingValidation } from './validate/index.js';

const exportSchema = z.strictObject({
  format: z.string().optional(),
  compression: z.string().nullable().default(null),
  level: int().optional(),
  episodes: z
    .array(int({ min: 1 }))
    .min(1, { error: 'expected numbers of episodes, from 1' })
    .optional(),
  force: z.boolean().default(false),
});

/**
 * Records episodes that another program simulates: a step at a time, then the episode, then `close`.
 * @throws CaptureError `config` for options that do not hold, `io` when the disk refuses
 */
export function openRecorder(options: RunRecorderOptions): Promise<RunRecorder> {
  return RunRecorder.open(options, {
    clock: systemClock,
    startValidation: createRecordingValidation,
    onWarning: emitWarning,
    async exportRun({ directory, backend }, out, given) {
      const { format, compression, level, episodes, force } = parseOptions(exportSchema, given, 'usage');
      await exportRun(
        {
          runDir: directory,
          out,
          format: formatOf(format),
          compression,
          level: level === undefined ? null : String(level),
          episodes: episodes === undefined ? null : episodes.join(','),
          columns: null,
          force,
          own: backends.has(backend.name) ? undefined : backend,
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
