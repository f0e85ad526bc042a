import { CaptureError } from '../../core/errors.js';
import { systemClock } from '../../io/clock.js';
import type { RunDirectory } from '../../io/run-directory.js';
import {
  droppedRecords,
  recover,
  type Recovered,
  type RecoverPlan,
  type RecoverResult,
} from '../../recover/index.js';
import { validateRun } from '../../validate/index.js';
import { createRecordingValidation } from '../../validate/recording.js';
import { EXIT } from '../exit-codes.js';
import { ownBackend } from '../own-backend.js';
import { storedTask } from '../stored-run.js';
import { formatCount, plural, printable, type Output } from '../ui.js';

export interface RecoverOptions {
  backend?: string;
  dryRun?: boolean;
  json?: boolean;
}

/** Places of loss that are told one by one. */
const PLACES = 10;

/** `plume-nav-capture recover`: a finished run of one that was killed or damaged. */
export async function run(
  runDir: string,
  { backend, dryRun = false, json = false }: RecoverOptions,
  argv: readonly string[],
  output: Output,
): Promise<number> {
  const own = await ownBackend(backend);
  const result = await recover(
    { runDir, dryRun, own },
    {
      clock: systemClock,
      validate: (path) => validateRun(path, { own }),
      startValidation: createRecordingValidation,
      configFiles,
      command: ['plume-nav-capture', ...argv],
    },
  );
  output.stdout(json ? `${JSON.stringify(document(runDir, result))}\n` : text(runDir, result));
  if (result.outcome === 'whole') return EXIT.done;
  if (result.isLossy) return EXIT.partial;
  return result.outcome === 'recovered' && !result.run.validation.ok ? EXIT.findings : EXIT.done;
}

/** As run.json has them; those of a run that another program made, or whose run.json was changed, stay as they are. */
async function configFiles(directory: RunDirectory): Promise<{ config: string; overrides: string } | null> {
  try {
    const { provenance } = await storedTask(directory, { policy: '', backend: '' }, []);
    return { config: provenance.configYaml, overrides: provenance.overridesYaml };
  } catch (error) {
    if (error instanceof CaptureError && (error.kind === 'input' || error.kind === 'config')) return null;
    throw error;
  }
}

function text(runDir: string, result: RecoverResult): string {
  const path = printable(runDir);
  if (result.outcome === 'whole') return `${path} is finished and whole: nothing to recover\n`;
  const { plan, isLossy } = result;
  const { survey } = plan;
  const kept = `${plural(survey.kept.episodes, 'episode')}, ${plural(survey.kept.steps, 'step')}`;
  const lines =
    result.outcome === 'planned'
      ? [`would recover ${kept} of ${path} (${stateOf(plan)}); nothing was changed: a dry run`]
      : [`recovered ${kept}`, `run     ${path}`, `status  ${statusText(result.run)}`];
  if (survey.rebuilt > 0)
    lines.push(`rebuilt ${plural(survey.rebuilt, 'record')} of episodes from their steps`);
  lines.push(`lost    ${isLossy ? lossText(plan) : 'nothing'}`);
  for (const { file, offset, bytes } of plan.skipped.slice(0, PLACES)) {
    lines.push(`        ${printable(file)}: ${formatCount(bytes)} bytes at byte ${formatCount(offset)}`);
  }
  for (const { file, line, message } of survey.damage.slice(0, PLACES)) {
    const place = [file, line].filter((part) => part !== null).join(':');
    lines.push(`        ${printable(`${place}: ${message}`)}`);
  }
  for (const gap of survey.gaps.slice(0, PLACES)) lines.push(`        ${gapText(gap)}`);
  if (result.outcome === 'recovered') {
    if (result.run.isRunFileChanged)
      lines.push('note    run.json is not the file that was captured, and was kept as it is');
    lines.push(`digest  ${result.run.contentDigest}`);
    if (result.run.status === 'recovered') {
      lines.push(`to go on with it: plume-nav-capture resume ${path}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

const stateOf = ({ state }: RecoverPlan): string =>
  state === 'unfinished' ? 'not finished' : 'finished, and damaged since';

const statusText = ({ status, validation }: Recovered): string =>
  validation.ok
    ? status
    : `${status}, with ${plural(validation.errors, 'error')} in its records: validate says which`;

function lossText({ skippedBytes, survey }: RecoverPlan): string {
  const { damageCount, gapCount } = survey;
  const records = droppedRecords(survey);
  const lost: string[] = [];
  if (skippedBytes > 0) lost.push(`${plural(skippedBytes, 'byte')} that are no whole records`);
  if (damageCount > 0) lost.push(`what is in ${plural(damageCount, 'place')} nobody can read`);
  if (gapCount > 0) lost.push(`records in ${plural(gapCount, 'place')} between others`);
  if (records > 0) lost.push(`${plural(records, 'record')} of episodes whose steps are not all there`);
  return lost.join(', ');
}

function gapText({ after, before }: RecoverPlan['survey']['gaps'][number]): string {
  const place = ({ episode, step }: NonNullable<typeof after>): string =>
    printable(step === null ? episode : `${episode} step ${step}`);
  return `between ${after === null ? 'the beginning' : place(after)} and ${place(before)}`;
}

function document(runDir: string, result: RecoverResult): unknown {
  if (result.outcome === 'whole') return { run_dir: runDir, outcome: 'whole', lost: false };
  const { plan, isLossy, outcome } = result;
  const { survey } = plan;
  return {
    run_dir: runDir,
    outcome,
    state: plan.state,
    lost: isLossy,
    kept: survey.kept,
    rebuilt: survey.rebuilt,
    dropped: {
      bytes: plan.skippedBytes,
      episodes: droppedRecords(survey),
      places: plan.skipped,
    },
    damage: survey.damage,
    gaps: survey.gaps,
    gap_count: survey.gapCount,
    ...(result.outcome === 'recovered'
      ? {
          status: result.run.status,
          content_digest: result.run.contentDigest,
          validation: result.run.validation,
          run_json_changed: result.run.isRunFileChanged,
          files: result.run.files.map(({ path, bytes, rows }) => ({ path, bytes, rows })),
        }
      : {}),
  };
}
