import { availableParallelism } from 'node:os';
import { CaptureError } from '../core/errors.js';
import { systemClock } from '../io/clock.js';
import type { UnrecordedResult } from '../record/unrecorded.js';
import type { CaptureTask } from './capture-task.js';
import { EXIT } from './exit-codes.js';
import { watchSignals } from './interruption.js';
import { writeMetrics } from './metrics-file.js';
import { ProgressDisplay } from './progress.js';
import { formatCount, plural, printable, type Output } from './ui.js';

/** `capture record=none`: runs the episodes and says how they went. */
export async function runUnrecorded(
  { settings, provenance }: CaptureTask,
  { json, metrics }: { json?: boolean; metrics?: string },
  output: Output,
): Promise<number> {
  if (typeof provenance.reason === 'string') {
    throw new CaptureError('usage', '--reason is kept with a run, and record=none leaves none', {
      hint: 'leave it out, or record in a format',
    });
  }
  const { captureUnrecorded } = await import('../record/unrecorded.js');
  const { episodes } = settings;
  const progress = new ProgressDisplay(process.stderr);
  const interruption = watchSignals();
  let result: UnrecordedResult;
  try {
    interruption.listen();
    output.stderr(`running ${plural(episodes, 'episode')}; record=none keeps nothing of them\n`);
    result = await captureUnrecorded(settings, {
      clock: systemClock,
      signal: interruption.signal,
      cores: availableParallelism(),
      onWarning: (message) => output.stderr(`warning: ${printable(message)}\n`),
      onProgress: (done) => progress.update(done.episodes, done.steps, episodes),
    });
  } finally {
    progress.end();
    interruption.stop();
  }
  if (metrics !== undefined) await writeMetrics(metrics, null, result.metrics);
  output.stdout(json === true ? resultJson(result) : resultText(result));
  return result.status === 'complete' ? EXIT.done : interruption.exitCode();
}

function resultJson(result: UnrecordedResult): string {
  const { status, counts, outcome, given, calls, metrics, elapsedMs } = result;
  return `${JSON.stringify({
    run_id: null,
    run_dir: null,
    status,
    counts,
    outcome: {
      terminated: outcome.terminated,
      mean_return: outcome.meanReturn,
      mean_steps: outcome.meanSteps,
    },
    given,
    calls,
    metrics,
    elapsed_ms: Math.round(elapsedMs),
  })}\n`;
}

function resultText({ counts, outcome, given, calls, elapsedMs }: UnrecordedResult): string {
  const seconds = elapsedMs / 1000;
  const rate = seconds < 1 ? '' : ` (${formatCount(counts.steps / seconds)} steps/s)`;
  const mean = outcome.meanReturn === null ? '' : `, mean return ${outcome.meanReturn.toFixed(3)}`;
  return [
    `ran ${plural(counts.episodes, 'episode')}, ${plural(counts.steps, 'step')} in ${seconds.toFixed(2)} s${rate}; nothing was recorded`,
    `outcome ${plural(outcome.terminated, 'episode')} reached the source${mean}`,
    ...(given === null ? [] : [`given   ${givenText(given)}`]),
    ...(calls === null ? [] : [`calls   ${callsText(calls)}`]),
    '',
  ].join('\n');
}

const givenText = (given: NonNullable<UnrecordedResult['given']>): string =>
  Object.entries(given)
    .map(([stream, { rows, batches }]) => `${stream} ${formatCount(rows)} in ${plural(batches, 'write')}`)
    .join(' · ');

const callsText = (calls: NonNullable<UnrecordedResult['calls']>): string =>
  Object.entries(calls)
    .map(([name, times]) => `${name} ${times}`)
    .join(' · ');
