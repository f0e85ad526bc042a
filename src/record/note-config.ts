import { CaptureError } from '../core/errors.js';
import type { Clock } from '../core/ports.js';
import { appendConfig } from '../io/config-history.js';
import type { Provenance, RunSettings } from './settings.js';

interface NotePorts {
  clock: Clock;
  onWarning(message: string): void;
}

/**
 * Appends the configuration of a run that has begun to the history of its results folder, where it differs from the
 * experiment's last one. A history that cannot be written is a warning: the run itself says how it was made, and a
 * capture of hours must not end for it.
 */
export async function noteConfig(
  { runId }: { runId: string },
  { output, experiment }: Pick<RunSettings, 'output' | 'experiment'>,
  { config, configHash, reason = null }: Provenance,
  ports: NotePorts,
): Promise<void> {
  try {
    const next = { experiment, run_id: runId, config, config_hash: configHash, reason };
    const { path, changes, damagedLine } = await appendConfig(output, next, ports.clock);
    if (damagedLine !== null) {
      ports.onWarning(`${path}: line ${damagedLine} is damaged and was passed over (remove it)`);
    }
    if (changes === 0 && reason !== null) {
      ports.onWarning(`the reason is not kept: the configuration of ${experiment} is as it was`);
    }
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    const { message, hint } = error;
    ports.onWarning(
      `the configuration may be missing in the history: ${message}${hint === undefined ? '' : ` (${hint})`}`,
    );
  }
}
