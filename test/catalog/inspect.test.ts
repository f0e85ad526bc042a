import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { findRuns } from '../../src/catalog/find-runs.js';
import { inspectRun, lastSoundRuns } from '../../src/catalog/inspect.js';
import { setMark } from '../../src/catalog/marks.js';
import { capturedRun, newFolder } from '../fixtures/captured-run.js';
import { makeRun } from '../prune/runs.js';

const RUN = { experiment: 'demo', runId: 'run-20260101-000000' };
let root: string;
let path: string;
beforeEach(() => {
  root = newFolder();
  path = makeRun(root, RUN.experiment, RUN.runId);
});

describe('a close look', () => {
  it('gives the manifest of a run that is as it should be', async () => {
    expect(await inspectRun(root, RUN)).toMatchObject({ run_id: RUN.runId, status: 'complete' });
  });

  const alter = (file: string, from: string, to: string): void => {
    const text = readFileSync(join(path, file), 'utf8');
    expect(text).toContain(from);
    writeFileSync(join(path, file), text.replace(from, to));
  };
  it.each<[string, () => unknown, string]>([
    [
      'an altered manifest',
      () => alter('manifest.json', '"complete"', '"aborted"'),
      'was changed after it was written',
    ],
    ['no manifest', () => rmSync(join(path, 'manifest.json')), 'not finished'],
    ['a renamed run', () => alter('run.json', RUN.runId, 'run-x'), 'renamed by hand'],
    ['a moved run', () => alter('run.json', '"demo"', '"other"'), 'moved by hand'],
    [
      'deep JSON',
      () => writeFileSync(join(path, 'manifest.json'), '['.repeat(200_000)),
      'is not one of ours',
    ],
    [
      'deep JSON that ends',
      () => writeFileSync(join(path, 'manifest.json'), `${'['.repeat(200_000)}${']'.repeat(200_000)}`),
      'is not one of ours',
    ],
    [
      'deep JSON in run.json',
      () => writeFileSync(join(path, 'run.json'), `${'['.repeat(200_000)}${']'.repeat(200_000)}`),
      'run.json',
    ],
    ['a pipe', () => execFileSync('mkfifo', [join(path, 'pipe')]), 'is a pipe'],
  ])('refuses %s', async (_what, change, message) => {
    change();
    await expect(inspectRun(root, RUN)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining(message),
    });
  });
});

describe('the last sound run of an experiment', () => {
  const last = async (): Promise<string[]> => {
    const { runs } = await findRuns(root);
    return [
      ...(await lastSoundRuns(
        root,
        runs.filter((run) => run.kind === 'finished'),
      )),
    ].sort();
  };

  it('is the newest of which every file is there in its size', async () => {
    root = newFolder();
    const ids = ['run-20260201-000000', 'run-20260202-000000', 'run-20260203-000000', 'run-20260204-000000'];
    const runs = [];
    for (const id of ids) runs.push(await capturedRun(root, [], id));
    expect(await last()).toEqual([`demo/${ids[3]}`]);
    rmSync(join(runs[3]!, 'steps.jsonl.gz'));
    expect(await last()).toEqual([`demo/${ids[2]}`]);
    appendFileSync(join(runs[2]!, 'episodes.jsonl.gz'), 'x');
    expect(await last()).toEqual([`demo/${ids[1]}`]);
    writeFileSync(join(runs[1]!, 'run.json'), '{');
    expect(await last()).toEqual([`demo/${ids[0]}`]);
    // where none is sound, the newest
    rmSync(join(runs[0]!, 'steps.jsonl.gz'));
    expect(await last()).toEqual([`demo/${ids[3]}`]);
  });

  it('is none that is rejected, or was found invalid, while there is another', async () => {
    const ids = ['run-20260202-000000', 'run-20260203-000000', 'run-20260204-000000'];
    for (const id of ids) makeRun(root, 'demo', id, { endedAt: `2026-02-0${id[11]}T00:00:00Z` });
    await setMark(root, { experiment: 'demo', runId: ids[2]! }, 'rejected', { at: 'now', reason: 'wall' });
    expect(await last()).toEqual([`demo/${ids[1]}`]);
    makeRun(root, 'demo', ids[1]!, { endedAt: '2026-02-03T00:00:00Z', errors: 1 });
    expect(await last()).toEqual([`demo/${ids[0]}`]);
    for (const id of [RUN.runId, ids[0]!]) rmSync(join(root, 'demo', id), { recursive: true });
    // where there is none, the last that is whole
    expect(await last()).toEqual([`demo/${ids[2]}`]);
    rmSync(join(root, 'demo', ids[2]!, 'run.json'));
    expect(await last()).toEqual([`demo/${ids[1]}`]);
  });

  it('is one of each experiment', async () => {
    makeRun(root, 'other', 'run-20250101-000000', { endedAt: '2025-01-01T00:00:00Z' });
    expect(await last()).toEqual(['demo/run-20260101-000000', 'other/run-20250101-000000']);
  });
});
