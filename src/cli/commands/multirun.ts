import { expandSweep, flagOverrides } from '../../config/index.js';
import { CaptureError } from '../../core/errors.js';
import { systemClock } from '../../io/clock.js';
import { packageVersion } from '../../io/package-info.js';
import { createSweep } from '../../sweep/plan-file.js';
import { PLAN_VERSION, type SweepPlan } from '../../sweep/plan.js';
import { composeRequest } from '../config-options.js';
import { checkJobs, openConfigs } from '../multirun-check.js';
import { showPlan } from '../multirun-output.js';
import { resumeSweep } from '../multirun-resume.js';
import { holdSweep, runLeft } from '../multirun-session.js';
import { requireOverrides } from '../operands.js';
import type { Output } from '../ui.js';
import type { CaptureOptions } from './capture.js';

/** `--multirun [overrides...]` and `--resume-sweep <dir>`: check every job, run them, print what came of each. */
export async function run(
  operands: string[],
  options: CaptureOptions,
  argv: readonly string[],
  output: Output,
): Promise<number> {
  const { resumeSweep: directory, dryRun = false, json = false } = options;
  const concurrency = readJobs(options.jobs);
  const overrides = [...operands, ...flagOverrides(options)];
  if (directory !== undefined) {
    const { configName, configPath, configDir, reason } = options;
    const flags = [configName, configPath, configDir, reason];
    if (overrides.length > 0 || flags.some((flag) => flag !== undefined)) {
      throw new CaptureError('usage', '--resume-sweep runs what is left of a sweep as it was planned', {
        hint: 'leave out overrides, --reason and the flags of the configuration, or start a new sweep with --multirun',
      });
    }
    return resumeSweep(directory, { concurrency, dryRun, json, argv, output });
  }
  requireOverrides(operands);
  const { reason = null } = options;
  const request = composeRequest(options, overrides);
  const source = openConfigs(request, output);
  const asked = expandSweep(overrides, source).map((job, index) => ({
    job: index + 1,
    swept: Object.fromEntries(job.swept),
    overrides: [...job.overrides],
    config_hash: null,
  }));
  const jobs = await checkJobs(asked, { request, source, argv, reason });
  const planned = jobs.map(({ job }) => job);
  if (dryRun) return showPlan(planned, json, output);
  const now = systemClock.now();
  const plan: SweepPlan = {
    plan_version: PLAN_VERSION,
    package_version: packageVersion(),
    created_at: new Date(now).toISOString(),
    cwd: process.cwd(),
    output: jobs[0]!.task.settings.output,
    config_path: request.configPath,
    config_dir: request.configDir ?? null,
    config_name: request.configName,
    overrides,
    reason,
    jobs: planned,
  };
  const sweep = await createSweep(plan, now);
  return holdSweep(sweep, (session) =>
    runLeft({ directory: sweep, plan, jobs, results: new Map(), session, concurrency, json, output }),
  );
}

function readJobs(given = '1'): number {
  if (/^[1-9]\d{0,5}$/.test(given)) return Number(given);
  throw new CaptureError('usage', `--jobs: expected an integer >= 1, not '${given}'`, {
    hint: 'it is how many jobs of the sweep run at the same time',
  });
}
