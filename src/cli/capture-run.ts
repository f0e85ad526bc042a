import { systemClock } from '../io/clock.js';
import type { CapturePorts, CaptureResult } from '../record/capture.js';
import type { CaptureTask } from './capture-task.js';

/** Runs one capture on the machine's clock, checked while it is recorded. */
export async function runCapture(
  { settings, provenance }: CaptureTask,
  ports: Omit<CapturePorts, 'clock' | 'startValidation'>,
): Promise<CaptureResult> {
  const [{ capture }, { createRecordingValidation }] = await Promise.all([
    import('../record/capture.js'),
    import('../validate/recording.js'),
  ]);
  return capture(settings, provenance, {
    ...ports,
    clock: systemClock,
    startValidation: createRecordingValidation,
  });
}
