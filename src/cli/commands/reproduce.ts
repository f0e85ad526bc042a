import { CaptureError } from '../../core/errors.js';
import { formatEpisodeId } from '../../core/ids.js';
import { TOLERANCE, type Reproduction } from '../../reproduce/index.js';
import { EXIT } from '../exit-codes.js';
import { watchSignals } from '../interruption.js';
import { ProgressDisplay } from '../progress.js';
import { simulateAgain } from '../reproduce-run.js';
import { formatCount, plural, printable, type Output } from '../ui.js';

export interface ReproduceOptions {
  episode?: string;
  /** Modules of one's own that made and recorded the run. */
  policy?: string;
  backend?: string;
  json?: boolean;
}

/**
 * `plume-nav-capture reproduce`: simulates a run again and compares it with its records.
 * @returns exit code: 1 at a difference
 */
export async function run(runDir: string, options: ReproduceOptions, io: Output): Promise<number> {
  const { policy, backend } = options;
  const request = { runDir, episode: episodeNumber(options.episode), own: { policy, backend } };
  const progress = new ProgressDisplay(process.stderr);
  const interruption = watchSignals();
  interruption.listen();
  const begun = performance.now();
  let result: Reproduction;
  try {
    result = await simulateAgain(request, {
      signal: interruption.signal,
      onProgress: ({ episodes, steps }, total) => progress.update(episodes, steps, total),
      onNote: (note) => io.stderr(`note: ${printable(note)}\n`),
    });
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    progress.end();
    io.stderr('interrupted; no difference was found until then\n');
    return interruption.exitCode();
  } finally {
    progress.end();
    interruption.stop();
  }
  const elapsedMs = performance.now() - begun;
  io.stdout(options.json === true ? resultJson(runDir, result, elapsedMs) : resultText(result, elapsedMs));
  return result.difference === null ? EXIT.done : EXIT.findings;
}

function episodeNumber(text: string | undefined): number | null {
  if (text === undefined) return null;
  const number = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (number >= 1) return number;
  throw new CaptureError('usage', `--episode '${text}' is not the number of an episode`, {
    hint: 'episodes count from 1',
  });
}

function resultJson(runDir: string, result: Reproduction, elapsedMs: number): string {
  const { runId, status, episode, planned, counts, open, difference, contentDigest, replay, notes } = result;
  return `${JSON.stringify({
    run_id: runId,
    run_dir: runDir,
    identical: difference === null,
    status,
    episode,
    planned_episodes: planned,
    counts,
    open_episode: open,
    difference,
    content_digest: contentDigest,
    replay,
    elapsed_ms: Math.round(elapsedMs),
    notes,
  })}\n`;
}

const REASONS: Readonly<Record<Reproduction['status'], string>> = {
  complete: 'complete',
  recovered: 'recovered',
  aborted: 'aborted',
  unfinished: 'not finished',
  foreign: 'of plume_nav_sim',
};

function resultText(result: Reproduction, elapsedMs: number): string {
  const { difference, counts, episode, planned, status, open, contentDigest } = result;
  const { episodes, steps } = counts;
  if (difference !== null) {
    const { file, line } = difference;
    const place = file === null ? [] : [line === null ? file : `${file}:${line}`];
    const before = `${plural(episodes, 'episode')}, ${plural(steps, 'step')}: ${sameness(result)}`;
    return lines(difference.message, ...place.map((at) => `at      ${at}`), `before  ${before}`);
  }
  const whole = episode !== null || episodes === planned;
  const of = whole
    ? plural(episodes, 'episode')
    : `${formatCount(episodes)} of ${plural(planned, 'episode')}`;
  const what = episode === null ? of : `episode ${episode}`;
  const seconds = elapsedMs / 1000;
  // a rate over an instant says nothing
  const rate =
    seconds < 1 || episode !== null
      ? ''
      : ` in ${seconds.toFixed(2)} s (${formatCount(steps / seconds)} steps/s)`;
  const verb = status === 'foreign' ? 'replayed' : 'reproduced';
  const end = open === null ? '' : `, with ${plural(open.steps, 'step')} of ${formatEpisodeId(open.episode)}`;
  return lines(
    `${verb} ${what}, ${plural(steps, 'step')}${rate}: ${sameness(result)}`,
    ...(whole && open === null ? [] : [`run     ${REASONS[status]}: compared as far as it goes${end}`]),
    ...(contentDigest === null ? [] : [`digest  ${contentDigest}`]),
    ...replayText(result),
  );
}

const sameness = ({ status }: Reproduction): string =>
  status === 'foreign' ? `the same to ${TOLERANCE}` : 'identical';

function replayText({ replay }: Reproduction): string[] {
  if (replay === null) return [];
  const { action_type: actions, reward_type: reward, observation_type: observation } = replay;
  return [
    `found   action_type ${actions}, reward_type ${reward}, observation_type ${observation ?? 'unknown'}`,
  ];
}

const lines = (...text: readonly string[]): string => `${text.map(printable).join('\n')}\n`;
