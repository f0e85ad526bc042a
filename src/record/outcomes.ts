import { openRecords } from '../backends/open-records.js';
import { flags, numbers, type Batch } from '../core/batch.js';
import { CaptureError } from '../core/errors.js';
import type { RowObserver } from '../core/ports.js';
import { openRun } from '../io/run-directory.js';

/** How the finished episodes of a run went, in three figures. */
export interface Outcome {
  /** Episodes that reached the source. */
  terminated: number;
  /** Mean of total_reward; null without a finished episode. */
  meanReturn: number | null;
  /** Mean of total_steps; null without a finished episode. */
  meanSteps: number | null;
}

/** Adds up the episodes of a run as they end. */
export class OutcomeTotals implements RowObserver {
  private episodes = 0;
  private terminated = 0;
  private reward = 0;
  private steps = 0;

  addSteps(): void {
    // an episode's row says it all
  }

  endEpisode(batch: Batch | null, row: number): void {
    if (batch === null) return;
    this.episodes++;
    this.terminated += flags(batch, 'terminated')?.[row] ?? 0;
    this.reward += numbers(batch, 'total_reward')?.[row] ?? 0;
    this.steps += numbers(batch, 'total_steps')?.[row] ?? 0;
  }

  finish(): Outcome {
    const mean = (sum: number): number | null => (this.episodes === 0 ? null : sum / this.episodes);
    return { terminated: this.terminated, meanReturn: mean(this.reward), meanSteps: mean(this.steps) };
  }
}

/**
 * The same figures of a finished run on disk.
 * @throws CaptureError `input` for records that cannot be read
 */
export async function readOutcome(directory: string): Promise<Outcome> {
  const totals = new OutcomeTotals();
  const refuse = ({ message }: { message: string }): never => {
    throw new CaptureError('input', `cannot read the episodes of ${directory}: ${message}`);
  };
  const { run, names } = await openRun(directory);
  const { backend, reader } = await openRecords({ path: directory, run }, names);
  if (!backend.has(names)) throw new CaptureError('input', `${directory} holds no records`);
  for await (const { batch } of reader.batches('episodes', refuse)) {
    for (let row = 0; row < batch.rows; row++) totals.endEpisode(batch, row);
  }
  return totals.finish();
}
