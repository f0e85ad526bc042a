import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prettyJson, parseTypedJson, type JsonMap } from '../../src/core/canonical-json.js';
import { buildManifest } from '../../src/core/manifest.js';
import { runSchema } from '../../src/core/records.js';
import { NO_MARKS, type Marks } from '../../src/catalog/marks.js';
import type { FinishedRun } from '../../src/catalog/run-entry.js';
import { planPrune, type PlanFacts, type PrunePlan } from '../../src/prune/plan.js';
import { policySchema, type PolicySettings } from '../../src/prune/policy-schema.js';
import { readPolicy, type Policy } from '../../src/prune/policy.js';
import { runModel } from '../fixtures/run-model.js';

/** When it is in these tests, milliseconds since the epoch. */
export const NOW = Date.parse('2026-06-30T12:00:00Z');
export const DAY = 86_400_000;
export const clock = { now: () => NOW, monotonic: () => 0 };

export interface RunOptions {
  endedAt?: string | null;
  startedAt?: string | null;
  withoutManifest?: boolean;
  /** Of its report. */
  errors?: number;
  /** Put into run.json. */
  run?: Record<string, unknown>;
}

/** Writes what prune looks at of a run: run.json, manifest.json and a data file. */
export function makeRun(
  results: string,
  experiment: string,
  runId: string,
  options: RunOptions = {},
): string {
  const path = join(results, experiment, runId);
  mkdirSync(path, { recursive: true });
  const text = JSON.stringify({ ...runModel().run, experiment, run_id: runId, ...options.run });
  writeFileSync(join(path, 'run.json'), text);
  writeFileSync(join(path, 'steps.jsonl.gz'), runId);
  if (options.withoutManifest === true) return path;
  const manifest = buildManifest({
    run: runSchema.parse(JSON.parse(text)),
    envConfig: (parseTypedJson(text) as JsonMap)['env_config']!,
    status: 'complete',
    createdAt: '2026-01-01T00:00:00Z',
    startedAt: options.startedAt ?? null,
    endedAt: options.endedAt === undefined ? '2026-01-01T00:00:00Z' : options.endedAt,
    gitDirty: null,
    files: [],
    counts: { episodes: 0, steps: 0 },
    validation: {
      ok: options.errors === undefined,
      source: 'recording',
      checks: [],
      counts: { episodes: 0, steps: 0 },
      errors: options.errors ?? 0,
      notes: 0,
      findings: [],
    },
    contentDigest: 'a'.repeat(64),
    inputs: [],
    command: [],
    software: { name: 'test', version: '0', node: '0', zlib: '0' },
    recovery: null,
    rejections: null,
  });
  writeFileSync(join(path, 'manifest.json'), prettyJson(manifest));
  return path;
}

/** A finished run as the plan sees it. */
export const finished = (
  experiment: string,
  runId: string,
  ended: string,
  { bytes = 1, marks = {} }: { bytes?: number; marks?: Partial<Marks> } = {},
): FinishedRun => ({
  kind: 'finished',
  experiment,
  runId,
  status: 'complete',
  startedMs: Date.parse(ended),
  endedMs: Date.parse(ended),
  episodes: 1,
  steps: 1,
  bytes,
  configHash: null,
  manifestDigest: 'a'.repeat(64),
  marks: { ...NO_MARKS, ...marks },
});

export const policy = (settings: PolicySettings): Policy => readPolicy(policySchema.parse(settings));

/** A plan over runs of which nothing else is known. */
export const planFor = (settings: PolicySettings, facts: Partial<PlanFacts>): PrunePlan =>
  planPrune(policy(settings), {
    nowMs: NOW,
    runs: [],
    lastSound: new Set(),
    notIngested: new Map(),
    trash: [],
    disk: { total: 1000, free: 500 },
    ...facts,
  });

/** One line a run, as a golden file would have it. */
export const lines = ({ decisions }: PrunePlan): string[] =>
  decisions.map(
    ({ run, action, reasons }) => `${action} ${run.experiment}/${run.runId}: ${reasons.join('; ')}`,
  );
