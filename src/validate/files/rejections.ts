import { join } from 'node:path';
import { canonicalJson } from '../../core/canonical-json.js';
import { CaptureError } from '../../core/errors.js';
import { MANIFEST_FILE, REJECTED_STEPS_FILE, REJECTIONS_FILE } from '../../core/layout.js';
import { integers } from '../../core/manifest.js';
import { RejectionTotals } from '../../core/rejections.js';
import { readRejections, type RejectionLine } from '../../io/read-rejections.js';
import { whyUnreadable } from '../unreadable.js';
import type { FileCheck, ReadRunContext, RunContext } from '../run-context.js';

/** What qc.jsonl says of an episode is of this run. */
function checkLine(
  { directory: { run }, report }: RunContext,
  { line, number, rejection }: RejectionLine,
): void {
  const { episode_id: id, seed } = rejection;
  const expected = run.episode_seeds[number - 1];
  const say = (message: string): void => report('qc-line', REJECTIONS_FILE, `line ${line}: ${message}`);
  if (expected === undefined) {
    say(`${id}, but run.json lists ${run.episode_seeds.length} episode seeds`);
  } else if (seed !== expected) say(`${id}: seed is ${seed}, run.json says ${expected}`);
}

async function readAll(context: RunContext): Promise<RejectionTotals> {
  const { directory, unfinished, report } = context;
  const totals = new RejectionTotals();
  const problem = (line: number, message: string, torn: boolean): void => {
    // `unfinished` says so
    if (!torn || !unfinished) report('qc-line', REJECTIONS_FILE, `line ${line}: ${message}`);
  };
  for await (const lines of readRejections(directory.path, problem)) {
    for (const line of lines) {
      checkLine(context, line);
      totals.add(line.rejection);
    }
  }
  return totals;
}

async function check(context: ReadRunContext): Promise<void> {
  const { directory, manifest, report } = context;
  const stated = manifest?.data?.qc;
  if (!directory.names.includes(REJECTIONS_FILE)) {
    if (stated === undefined) return;
    return report('file-missing', REJECTIONS_FILE, `${REJECTIONS_FILE} is missing, and the manifest has qc`);
  }
  const reason = await whyUnreadable(join(directory.path, REJECTIONS_FILE));
  if (reason !== null) return report('file-unreadable', REJECTIONS_FILE, reason);
  const totals = await readAll(context);
  if (stated === undefined) return;
  const found = totals.finish(context.counts.episodes);
  const here = canonicalJson(integers(stated));
  const there = canonicalJson(integers(found));
  // without some records nobody knows how many there were
  const isSure = context.records.contentDigest !== null;
  if (here !== there && isSure) {
    report('qc-counts', MANIFEST_FILE, `qc is ${here}, ${REJECTIONS_FILE} says ${there}`);
  }
  if (found.sampled > 0 && !directory.names.includes(REJECTED_STEPS_FILE)) {
    report('qc-samples-gone', REJECTED_STEPS_FILE, 'no longer there; the run is whole without it');
  }
}

/** qc.jsonl says of which episodes there are no steps; it is of this run, and its lines are those the manifest counts. */
export const rejections: FileCheck = {
  name: 'rejections',
  async after(context) {
    try {
      await check(context);
    } catch (error) {
      if (!(error instanceof CaptureError) || error.kind !== 'io') throw error;
      context.report('file-unreadable', REJECTIONS_FILE, error.message);
    }
  },
};
