import { join } from 'node:path';
import { prettyJson } from '../core/canonical-json.js';
import { finding } from '../core/findings.js';
import { CONFIG_FILE, MANIFEST_FILE, OVERRIDES_FILE, RUN_FILE } from '../core/layout.js';
import { buildManifest, integers } from '../core/manifest.js';
import type { ManifestFile } from '../core/records.js';
import type { RejectionCounts } from '../core/rejections.js';
import type { Recovery } from '../core/recovery.js';
import type { Report } from '../core/report.js';
import { writeFileAtomic } from '../io/atomic.js';
import { softwareVersions } from '../io/package-info.js';
import { inventory } from '../io/inventory.js';
import type { RunInput } from './inputs.js';
import type { WrittenRun } from './recorder.js';
import type { StartedRun } from './start-run.js';

/** How a run went, for its manifest. */
export interface RunEnd {
  status: 'complete' | 'aborted';
  counts: { episodes: number; steps: number };
  written: WrittenRun;
  /** Null when no rule is on. */
  rejections: RejectionCounts | null;
  validation: Report;
  contentDigest: string;
  inputs: readonly RunInput[];
  command: readonly string[];
  /** What was kept of it when it was resumed; null for a run that was not interrupted. */
  recovery: Recovery | null;
  /** Milliseconds since the epoch. */
  endMs: number;
}

/** Writes the manifest, whose presence means finished; gives the inventory. */
export async function finishRun(run: StartedRun, end: RunEnd): Promise<ManifestFile[]> {
  const { directory, startMs, metadata, envConfig, gitDirty, writers } = run;
  const files = await inventory(directory, end.written, [RUN_FILE, CONFIG_FILE, OVERRIDES_FILE]);
  if (writers.fellBack !== null) {
    end.validation.findings.push(finding('backend-fallback', null, null, writers.fellBack));
    end.validation.notes++;
  }
  const manifest = buildManifest({
    run: metadata,
    envConfig,
    status: end.status,
    createdAt: iso(end.endMs),
    startedAt: iso(startMs),
    endedAt: iso(end.endMs),
    gitDirty,
    files,
    counts: end.counts,
    validation: end.validation,
    contentDigest: end.contentDigest,
    inputs: end.inputs,
    command: end.command,
    software: softwareVersions(),
    recovery: end.recovery === null ? null : integers(end.recovery),
    rejections: end.rejections,
  });
  await writeFileAtomic(join(directory, MANIFEST_FILE), prettyJson(manifest));
  return files;
}

const iso = (epochMs: number): string => new Date(epochMs).toISOString();
