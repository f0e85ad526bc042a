import { join, resolve } from 'node:path';
import {
  ConfigError,
  loadConfig,
  openSource,
  type ComposeRequest,
  type ConfigSource,
} from '../config/index.js';
import { CaptureError } from '../core/errors.js';
import { exists } from '../io/atomic.js';
import { prepareSimulation } from '../record/inputs.js';
import type { CaptureSettings } from '../record/settings.js';
import { describeSwept, type PlannedJob } from '../sweep/plan.js';
import { captureTask, type CaptureTask } from './capture-task.js';
import { errorLine } from './error-line.js';
import { CheckProgress } from './multirun-progress.js';
import { plural, printable, type Output } from './ui.js';

const MAX_LINES = 20;

/** A job as it is asked for: before its configuration is known. */
export type AskedJob = Pick<PlannedJob, 'job' | 'swept' | 'overrides'> & {
  /** What the configuration must hash to; null before the sweep's first start. */
  config_hash: string | null;
};

export interface CheckedJob {
  job: PlannedJob;
  task: CaptureTask;
}

export interface CheckContext {
  /** The configuration that the jobs share; its overrides do not count. */
  request: ComposeRequest;
  /** The same, opened: files are read once for all jobs. */
  source: ConfigSource;
  argv: readonly string[];
  /** Why the configuration was changed, where somebody said so. */
  reason: string | null;
}

/** Opens the config folders once for all jobs. What is odd about them is said here, and by no job. */
export const openConfigs = (request: ComposeRequest, output: Output): ConfigSource =>
  openSource(request, (warning) => output.stderr(`warning: ${printable(warning)}\n`));

/**
 * Checks every job as its capture would be checked: configuration, movie, actions, run ids. Nothing is written.
 * @throws CaptureError `config` with everything that is wrong, a line for each problem
 */
export async function checkJobs(
  jobs: readonly AskedJob[],
  { request, source, argv, reason }: CheckContext,
): Promise<CheckedJob[]> {
  const problems = new Problems(jobs.length);
  const checkInputs = inputChecker();
  const checkRunId = runIdChecker();
  const checked: CheckedJob[] = [];
  const progress = new CheckProgress(process.stderr, jobs.length);
  for (const [index, job] of jobs.entries()) {
    progress.update(index);
    await problems.collect(job, async () => {
      const loaded = await loadConfig({ ...request, overrides: job.overrides }, { source });
      const task = captureTask(loaded, argv, reason);
      requireRecorded(task.settings);
      const { configHash } = task.provenance;
      if (job.config_hash !== null && job.config_hash !== configHash) throw changed();
      await checkInputs(task.settings);
      await checkRunId(job, task.settings);
      checked.push({ job: { ...job, config_hash: configHash }, task });
    });
  }
  progress.end();
  problems.refuse();
  return checked;
}

/** What came of a job is told from its run, in another process or at another time. */
function requireRecorded({ record }: CaptureSettings): void {
  if (record.backend !== 'none') return;
  throw new CaptureError('config', 'record=none leaves no run that a sweep could report', {
    hint: 'record in a format, record=jsonl say, or run single captures',
  });
}

/** Without the hashes, which differ from job to job: it is one problem. */
const changed = (): CaptureError =>
  new CaptureError('config', 'its configuration is no longer that of the sweep', {
    hint: 'put the config files and environment variables back, or start a new sweep',
  });

/** Reads movies and actions once for all jobs that use them in the same way. */
function inputChecker(): (settings: CaptureSettings) => Promise<null> {
  const verdicts = new Map<string, Promise<null>>();
  return (settings) => {
    const { env, movie, policy, episodes } = settings;
    const key = JSON.stringify([env, movie, policy, episodes]);
    const verdict = verdicts.get(key) ?? prepareSimulation(settings).then(() => null);
    verdicts.set(key, verdict);
    return verdict;
  };
}

/** A run_id that is given must be free, and that of one job only. */
function runIdChecker(): (job: AskedJob, settings: CaptureSettings) => Promise<void> {
  const owners = new Map<string, number>();
  return async ({ job }, { output, experiment, runId }) => {
    if (runId === null) return;
    const directory = join(output, experiment, runId);
    const owner = owners.get(resolve(directory));
    if (owner !== undefined) {
      throw new CaptureError(
        'config',
        `run_id ${runId} in ${join(output, experiment)} is that of job ${owner}, too`,
        { hint: 'leave run_id null, or sweep run_id, experiment or output along' },
      );
    }
    owners.set(resolve(directory), job);
    if (await exists(directory)) {
      throw new CaptureError('config', `run_id ${runId} is taken: ${directory} exists`, {
        hint: 'choose another run_id, leave it null, or move that run away',
      });
    }
  };
}

/** What is wrong with which jobs: the same problem of several jobs is one line. */
class Problems {
  private readonly total: number;
  private readonly jobsOf = new Map<string, AskedJob[]>();

  constructor(total: number) {
    this.total = total;
  }

  /** Runs the check of a job and notes what it refuses. A failing disk is nobody's mistake and ends it all. */
  async collect(job: AskedJob, check: () => Promise<void>): Promise<void> {
    try {
      await check();
    } catch (error) {
      if (!(error instanceof CaptureError) || error.kind === 'io') throw error;
      const lines =
        error instanceof ConfigError ? error.problems.map(({ line }) => line) : [errorLine(error)];
      for (const line of lines) {
        const jobs = this.jobsOf.get(line);
        if (jobs === undefined) this.jobsOf.set(line, [job]);
        else jobs.push(job);
      }
    }
  }

  refuse(): void {
    const lines = [...this.jobsOf].map(([problem, jobs]) => `${this.whose(jobs)}${problem}`);
    if (lines.length === 0) return;
    const more = lines.length - MAX_LINES;
    const shown = more > 0 ? [...lines.slice(0, MAX_LINES), `and ${more} more`] : lines;
    const heading = `${plural(lines.length, 'problem')} in the sweep, nothing was run:`;
    throw new CaptureError('config', shown.length === 1 ? shown[0]! : [heading, ...shown].join('\n  '));
  }

  private whose(jobs: readonly AskedJob[]): string {
    const [{ job, swept }] = jobs as [AskedJob];
    // a sweep of one
    if (Object.keys(swept).length === 0) return '';
    if (this.total > 1 && jobs.length === this.total) return `all ${this.total} jobs: `;
    const others = jobs.length === 1 ? '' : ` and ${plural(jobs.length - 1, 'other')}`;
    return `job ${job} (${describeSwept(swept)})${others}: `;
  }
}
