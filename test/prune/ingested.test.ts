import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { run as ingest } from '../../src/cli/commands/ingest.js';
import { doPrune, preparePrune } from '../../src/prune/index.js';
import type { PolicySettings } from '../../src/prune/policy-schema.js';
import { capturedRun, newFolder } from '../fixtures/captured-run.js';
import { clock, policy } from './runs.js';

const OLD = 'run-20260101-000000';
const io = { stdout: () => {}, stderr: () => {} };

let results: string;
let dataset: string;
let run: string;
beforeEach(async () => {
  results = newFolder();
  dataset = join(newFolder(), 'dataset');
  run = await capturedRun(results, [], OLD);
  await capturedRun(results, [], 'run-20260102-000000');
});
const ingested = async (): Promise<void> => {
  expect(await ingest({ runDir: run, outDir: dataset }, io)).toBe(0);
};
const copy = (): string => join(dataset, 'demo', OLD);
const markPath = (): string => join(results, 'demo', '.marks', `${OLD}@ingested`);

/** What a prune does with the old run: as planned, and in the end. */
async function ends(more: PolicySettings = {}): Promise<[planned: string, ended: string]> {
  const prune = await preparePrune(results, policy({ keep_last: 1, require_ingested: true, ...more }), clock);
  const { action, reasons } = prune.plan.decisions.find((each) => each.run.runId === OLD)!;
  const [removal] = await doPrune(prune);
  const ended = removal === undefined ? 'kept' : `${removal.outcome}: ${removal.reason}`;
  expect(existsSync(run)).toBe(!ended.startsWith('removed'));
  return [action === 'keep' ? reasons.join(', ') : action, ended];
}

describe('--require-ingested', () => {
  it('removes a run that lies in the dataset, as ingest has noted', async () => {
    await ingested();
    expect(await ends()).toEqual(['remove', 'removed: null']);
    expect(existsSync(markPath())).toBe(false);
  });

  it('keeps one that was never ingested', async () => {
    expect(await ends()).toEqual(['not ingested yet', 'kept']);
  });

  it('--dataset needs no note, and wins over it', async () => {
    await ingested();
    unlinkSync(markPath());
    expect(await ends()).toEqual(['not ingested yet', 'kept']);
    expect((await ends({ dataset: newFolder() }))[0]).toMatch(
      /^not ingested: .* has no valid DATASET_INDEX\.json$/,
    );
    expect(await ends({ dataset })).toEqual(['remove', 'removed: null']);
  });

  it.each<[string, () => void, RegExp]>([
    [
      'the dataset is gone',
      () => renameSync(dataset, `${dataset}-moved`),
      /has no valid DATASET_INDEX\.json/,
    ],
    ['its index is none', () => writeFileSync(join(copy(), 'DATASET_INDEX.json'), '{'), /has no valid/],
    [
      'its index is of another run',
      () => {
        const file = join(copy(), 'DATASET_INDEX.json');
        const index = JSON.parse(readFileSync(file, 'utf8')) as object;
        writeFileSync(file, JSON.stringify({ ...index, source_manifest_digest: 'a'.repeat(64) }));
      },
      /is of another manifest/,
    ],
    [
      'its index is a pipe',
      () => {
        rmSync(join(copy(), 'DATASET_INDEX.json'));
        execFileSync('mkfifo', [join(copy(), 'DATASET_INDEX.json')]);
      },
      /has no valid/,
    ],
    [
      'the note is a pipe',
      () => {
        rmSync(markPath());
        execFileSync('mkfifo', [markPath()]);
      },
      /@ingested is not a file/,
    ],
    ['the note is no JSON', () => writeFileSync(markPath(), ''), /is not a mark of ours/],
    [
      'the note names no folder',
      () => writeFileSync(markPath(), '{"at":"","destination":5}'),
      /is not a mark of ours/,
    ],
  ])('keeps it in the plan where %s', async (_what, change, why) => {
    await ingested();
    change();
    const [planned, ended] = await ends();
    expect(planned).toMatch(why);
    expect(ended).toBe('kept');
  });

  it.each<[string, (file: string) => void, RegExp]>([
    ['differs by a byte', (file) => appendFileSync(file, 'x'), /config\.yaml differs in /],
    ['is missing', (file) => rmSync(file), /no such file/],
    [
      'is a pipe',
      (file) => {
        rmSync(file);
        execFileSync('mkfifo', [file]);
      },
      /is not a file/,
    ],
    [
      'is a link to the run',
      (file) => {
        rmSync(file);
        symlinkSync(join(run, 'config.yaml'), file);
      },
      /is no copy but/,
    ],
  ])('keeps it, looked at file for file, where a file of the copy %s', async (_what, change, why) => {
    await ingested();
    change(join(copy(), 'config.yaml'));
    const [planned, ended] = await ends();
    expect(planned).toBe('remove');
    expect(ended).toMatch(/^kept: not ingested/);
    expect(ended).toMatch(why);
  });

  it('a link into a cache, as DVC makes, is a copy', async () => {
    await ingested();
    const cached = join(newFolder(), 'cached');
    renameSync(join(copy(), 'config.yaml'), cached);
    symlinkSync(cached, join(copy(), 'config.yaml'));
    expect(await ends()).toEqual(['remove', 'removed: null']);
  });

  it('a run that was captured anew under its name since is another one', async () => {
    await ingested();
    rmSync(run, { recursive: true });
    await capturedRun(results, ['seed=99'], OLD);
    const [planned, ended] = await ends();
    expect(planned).toBe('not ingested yet');
    expect(ended).toBe('kept');
  });

  it('a run of the same name that was put in its place by hand is looked at', async () => {
    await ingested();
    const other = await capturedRun(newFolder(), ['seed=99'], OLD);
    rmSync(copy(), { recursive: true });
    cpSync(other, copy(), { recursive: true });
    expect((await ends())[0]).toMatch(/has no valid DATASET_INDEX\.json/);
  });
});
