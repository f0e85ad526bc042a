import { join } from 'node:path';
import { ContentDigest } from '../core/digest.js';
import { CaptureError } from '../core/errors.js';
import { MANIFEST_FILE, RUN_FILE } from '../core/layout.js';
import { recordingOf } from '../core/recording.js';
import { episodesWithGaps } from '../core/recovery.js';
import { systemClock } from '../io/clock.js';
import { packageVersion } from '../io/package-info.js';
import { none } from '../backends/none/index.js';
import { recordingOfConfig } from '../record/config.js';
import { openSource } from '../record/episode-source.js';
import type { CaptureSettings } from '../record/settings.js';
import { Comparison } from './comparison.js';
import { exactly, steadyColumns } from './compare.js';
import type { Difference } from './difference.js';
import { prepareAgain } from './inputs.js';
import { RecordedRejections } from './recorded-rejections.js';
import { missingAtEnd, outsideRun, resultOf, type Reproduction, type ReproducePorts } from './result.js';
import { readRun, type RunRecords } from './run-records.js';
import { ChunkedEpisodes } from './simulated.js';

/**
 * Simulates a run again from its settings and compares it with its records as it goes, in order, up to the first
 * difference; nothing is written. Of both sides some thousand rows are in memory, however long the run.
 *
 * @param episode number of the only episode to compare, 1 on; null for all there are
 * @throws CaptureError `usage` for an episode the run does not have, `input` for a run or an input that cannot be
 *   read; DOMException `AbortError` when the signal says so
 */
export async function reproduceRun(
  records: RunRecords,
  settings: CaptureSettings,
  episode: number | null,
  ports: ReproducePorts,
): Promise<Reproduction> {
  const { directory, manifest } = records;
  const { path, run } = directory;
  requireConsistent(records, settings);
  if (episode !== null && episode > settings.episodes) throw outsideRun(path, episode, settings.episodes);
  const notes: string[] = [];
  const note = (text: string): void => {
    notes.push(text);
    ports.onNote(text);
  };
  const version = packageVersion();
  if (run.package_version !== version) {
    note(`captured by version ${run.package_version} of plume-nav-capture, this is ${version}`);
  }
  const simulation = await prepareAgain(settings, records, note);

  const first = episode ?? 1;
  const recorded = manifest?.counts.episodes ?? settings.episodes;
  const hasHoles = (manifest?.recovery?.gap_count ?? 0) > 0;
  // and one more, of which an aborted run has the beginning
  const last = episode ?? Math.min(settings.episodes, hasHoles ? Infinity : recorded + 1);
  const source = openSource(
    {
      settings: asSimulated(settings, last),
      runId: run.run_id,
      startMs: 0,
      done: { episodes: first - 1, steps: 0, taken: 0 },
    },
    ports.cores,
    { simulation, backend: none, name: 'none', cwd: '.', clock: systemClock, signal: ports.signal },
  );
  const simulated = new ChunkedEpisodes(source, ports.signal);
  // of what was simulated, where that is recorded: whole episodes, and some that were cut off
  const digest = new ContentDigest(records.streams);
  const steps = steadyColumns(records.streams.steps);
  const rejections = new RecordedRejections(records, steps);
  const comparison = new Comparison({
    simulated,
    steps,
    episodes: steadyColumns(records.streams.episodes),
    same: exactly,
    first,
    hasGap: episodesWithGaps(manifest?.recovery ?? null),
    observer: digest,
    rejections,
  });
  const total = episode === null ? recorded : 1;
  const onBatch = (): void => ports.onProgress(comparison.counts, total);
  let difference: Difference | null;
  try {
    difference = await readRun(records, comparison, { episode, signal: ports.signal, onBatch });
  } finally {
    await simulated.close();
    await rejections.close();
  }
  difference ??= missingAtEnd(records, comparison, episode);
  let contentDigest: string | null = null;
  if (episode === null && manifest !== null && difference === null) {
    contentDigest = digest.finish();
    if (contentDigest !== manifest.content_digest) {
      difference = otherDigest(contentDigest, manifest.content_digest);
    }
  }
  noteRuntime(records, difference, note);
  return resultOf(records, comparison, { episode, difference, contentDigest, notes });
}

/** Nothing is encoded, and neither clock nor interval shapes anything: what they do is not compared. */
const asSimulated = (settings: CaptureSettings, episodes: number): CaptureSettings => ({
  ...settings,
  episodes,
  clock: 'wall',
  record: { ...settings.record, backend: 'none', durability: 'none' },
});

/**
 * What run.json says beside the configuration has to be what that gives: the one is read by, the other simulated.
 * @throws CaptureError `input`
 */
function requireConsistent({ directory: { path, run } }: RunRecords, settings: CaptureSettings): void {
  const pairs = [
    [
      'extra.recording is',
      JSON.stringify(recordingOf(run)),
      JSON.stringify(recordingOfConfig(settings.record)),
    ],
    ['episode_seeds has', `${run.episode_seeds.length} seeds`, `${settings.episodes} seeds`],
  ] as const;
  for (const [what, stated, configured] of pairs) {
    if (stated === configured) continue;
    throw new CaptureError(
      'input',
      `${join(path, RUN_FILE)} was changed: ${what} ${stated}, by its configuration ${configured}`,
      { hint: 'put back the run.json that the capture wrote' },
    );
  }
}

const otherDigest = (simulated: string, recorded: string): Difference => ({
  episode: null,
  step: null,
  field: 'content_digest',
  simulated,
  recorded,
  file: MANIFEST_FILE,
  line: null,
  message: `${MANIFEST_FILE}: content_digest is ${simulated}, recorded ${recorded}, though every record is as simulated`,
});

/** Where the last bits of a sine or an exponential come from: worth a word only when something differs. */
function noteRuntime({ directory }: RunRecords, difference: Difference | null, note: (text: string) => void) {
  const runtime = directory.run.extra?.['runtime'] as { node?: unknown } | null | undefined;
  const then = runtime?.node;
  const now = process.versions.node;
  if (difference === null || typeof then !== 'string' || then.replace(/^v/, '') === now) return;
  note(`captured with Node ${then}, this is ${now}: the last bits of a number may come from there`);
}
