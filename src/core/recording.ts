import { z } from 'zod';
import { CaptureError } from './errors.js';
import { RUN_FILE } from './layout.js';
import type { RunMetadata } from './records.js';
import {
  EXTRA_COLUMN_NAMES,
  FULL_RECORDING,
  OMITTABLE,
  type ExtraColumn,
  type Recording,
} from './streams.js';

/** `extra.recording` of run.json; a run without it records everything. */
const schema = z.object({
  full: z.boolean(),
  step_interval: z.int().min(1),
  omitted: z.array(z.enum(OMITTABLE)),
  columns: z.array(z.enum(EXTRA_COLUMN_NAMES as [ExtraColumn, ...ExtraColumn[]])),
});

/**
 * What a run records, as its run.json says.
 * @throws CaptureError `input` when it says what this version does not know
 */
export function recordingOf(run: Pick<RunMetadata, 'extra'>): Recording {
  const stated = run.extra?.['recording'];
  if (stated === undefined) return FULL_RECORDING;
  const { data, error } = schema.safeParse(stated);
  if (data !== undefined) return data;
  const [issue] = error.issues;
  throw new CaptureError(
    'input',
    `${RUN_FILE}: extra.recording.${issue!.path.join('.')}: ${issue!.message}`,
    {
      hint: 'a newer version of plume-nav-capture may have written this run',
    },
  );
}
