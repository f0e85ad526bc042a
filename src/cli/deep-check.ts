import { CaptureError } from '../core/errors.js';
import { finding } from '../core/findings.js';
import type { Finding } from '../core/report.js';
import { errorLine } from './error-line.js';
import type { OwnModules } from './stored-run.js';

/** Simulating a run again as a check of it: whatever keeps it from being simulated is a note. */
export function deepCheck(
  { policy, backend }: OwnModules,
  onProgress: (episodes: number, steps: number, total: number) => void,
): (path: string) => Promise<Finding[]> {
  return async (runDir) => {
    const { simulateAgain } = await import('./reproduce-run.js');
    try {
      const { difference, notes } = await simulateAgain(
        { runDir, episode: null, own: { policy, backend } },
        {
          signal: new AbortController().signal,
          onProgress: ({ episodes, steps }, total) => onProgress(episodes, steps, total),
          onNote: () => {},
        },
      );
      if (difference === null) return [];
      const { file, line, message } = difference;
      return [finding('deep-difference', file, line, [message, ...notes].join('; '))];
    } catch (error) {
      if (!(error instanceof CaptureError) || error.kind === 'io') throw error;
      return [finding('deep-skipped', null, null, errorLine(error))];
    }
  };
}
