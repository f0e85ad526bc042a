import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { nameOf, type FinishedRun, type FoundRun } from '../catalog/run-entry.js';
import { CaptureError } from '../core/errors.js';
import type { Prune } from './index.js';
import type { Removal } from './outcome.js';
import { toRemove, type Decision, type RemoveDecision } from './plan.js';
import { samplesPath } from './rejected-samples.js';
import type { LogDecision } from './runtime-logs.js';
import { policySchema, type CheckedSettings } from './policy-schema.js';

const PLAN_VERSION = '1.0.0';

const planFileSchema = z.strictObject({
  plan_version: z.literal(PLAN_VERSION),
  created_at: z.iso.datetime(),
  /** The results folder. */
  results: z.string(),
  /** The policy the plan was made with. */
  policy: policySchema,
  runs: z.array(
    z.strictObject({
      /** `<experiment>/<run_id>` */
      path: z.string(),
      action: z.enum(['remove', 'archive']),
      /** `manifest_digest`, which says whether it is still the same run; null for one that is not finished. */
      manifest_digest: z.string().nullable(),
      bytes: z.number(),
      reasons: z.array(z.string()),
    }),
  ),
  /** Names of trash entries to be emptied. */
  trash: z.array(z.string()),
  /** Runtime logs to be removed, in the policy's folder. */
  logs: z.array(z.strictObject({ path: z.string(), bytes: z.number(), changed_at: z.iso.datetime() })),
  /** Runs whose samples of rejected episodes are to be removed. */
  samples: z.array(z.strictObject({ path: z.string(), manifest_digest: z.string() })),
});

/** A plan as somebody can look at it, keep it, and have it done later. */
export type PlanFile = z.output<typeof planFileSchema>;

export const planFile = (prune: Prune, settings: CheckedSettings): PlanFile => ({
  plan_version: PLAN_VERSION,
  created_at: new Date(prune.nowMs).toISOString(),
  results: prune.root,
  policy: withWholePaths(settings),
  runs: toRemove(prune.plan).map(({ run, action, reasons }) => ({
    path: nameOf(run),
    action,
    manifest_digest: digestOf(run),
    bytes: run.bytes,
    reasons: [...reasons],
  })),
  trash: prune.plan.emptied.map(({ id }) => id),
  logs: prune.logs.map(logLine),
  samples: prune.samples.map((run) => ({ path: nameOf(run), manifest_digest: run.manifestDigest })),
});

const logLine = ({ path, bytes, changedMs }: LogDecision): PlanFile['logs'][number] => ({
  path,
  bytes,
  changed_at: new Date(changedMs).toISOString(),
});

/** Who applies a plan may do so in another folder. */
function withWholePaths(settings: CheckedSettings): CheckedSettings {
  const whole = { ...settings };
  for (const key of ['archive', 'dataset', 'runtime_logs'] as const) {
    if (whole[key] !== undefined) whole[key] = resolve(whole[key]);
  }
  return whole;
}

const digestOf = (run: FoundRun): string | null => (run.kind === 'finished' ? run.manifestDigest : null);

/** @throws CaptureError `input` for a text that is no plan */
export function parsePlanFile(text: string, file: string): PlanFile {
  const hint = 'make one with plume-nav-capture prune RESULTS … --plan FILE';
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new CaptureError('input', `${file} is not valid JSON`, { hint, cause: error });
  }
  const parsed = planFileSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CaptureError(
    'input',
    `${file} is no plan of prune: ${issue!.path.join('.')}: ${issue!.message}`,
    {
      hint,
    },
  );
}

const OTHER_NOW = 'changed since the plan was made, or kept today';

/** Logs that go today, and are as they were listed. */
function sameLogs(prune: Prune, file: PlanFile): LogDecision[] {
  const listed = new Map(file.logs.map((log) => [log.path, log]));
  return prune.logs.filter((log) => isDeepStrictEqual(listed.get(log.path), logLine(log)));
}

/** The same of samples, which are those of the run as it was. */
function sameSamples(prune: Prune, file: PlanFile): FinishedRun[] {
  const digests = new Map(file.samples.map(({ path, manifest_digest: digest }) => [path, digest]));
  return prune.samples.filter((run) => digests.get(nameOf(run)) === run.manifestDigest);
}

/**
 * A prune prepared anew, cut down to what a plan lists and what would still go today.
 * @returns what is left to do, and what of the list is not done any more with the reason
 */
export function restrictTo(prune: Prune, file: PlanFile): { prune: Prune; kept: Removal[] } {
  const today = new Map(prune.plan.decisions.map((decision) => [nameOf(decision.run), decision]));
  const going = new Map<FoundRun, RemoveDecision>();
  const kept: Removal[] = [];
  for (const { path, action, manifest_digest: digest, reasons } of file.runs) {
    const decision = today.get(path);
    if (decision === undefined) kept.push({ path, outcome: 'gone', reason: null });
    else if (digestOf(decision.run) !== digest) {
      kept.push({ path, outcome: 'kept', reason: 'its manifest changed since the plan was made' });
    } else if (decision.action === 'keep') {
      kept.push({ path, outcome: 'kept', reason: `today it stays: ${decision.reasons.join(', ')}` });
    } else if (decision.action !== action) {
      const would = decision.action === 'archive' ? 'archived first' : 'removed without a copy';
      kept.push({ path, outcome: 'kept', reason: `today it would be ${would}` });
    } else going.set(decision.run, { run: decision.run, action, reasons });
  }
  const why = new Map(kept.map(({ path, reason }) => [path, reason]));
  const decisions = prune.plan.decisions.map(({ run }): Decision => {
    const reason = why.get(nameOf(run)) ?? 'not in the plan';
    return going.get(run) ?? { run, action: 'keep', reasons: [reason] };
  });
  const listedTrash = new Set(file.trash);
  const emptied = prune.plan.emptied.filter(({ id }) => listedTrash.has(id));
  const logs = sameLogs(prune, file);
  const samples = sameSamples(prune, file);
  const others = new Set([
    ...logs.map(({ path }) => path),
    ...samples.map((run) => samplesPath(nameOf(run))),
  ]);
  const folder = prune.policy.logs?.folder ?? '';
  const listed = [
    ...file.logs.map(({ path }) => ({ path, at: join(folder, path) })),
    ...file.samples.map(({ path }) => ({ path: samplesPath(path), at: join(prune.root, samplesPath(path)) })),
  ];
  for (const { path, at } of listed) {
    if (!others.has(path) && existsSync(at)) kept.push({ path, outcome: 'kept', reason: OTHER_NOW });
  }
  return {
    prune: {
      ...prune,
      // what a limit lacks is said of the whole, not of what is listed
      plan: { ...prune.plan, decisions, emptied, shortfall: null },
      logs,
      samples,
    },
    kept,
  };
}
