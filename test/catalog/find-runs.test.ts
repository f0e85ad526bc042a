import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { findRuns, requireResults } from '../../src/catalog/find-runs.js';
import { newFolder } from '../fixtures/captured-run.js';
import { makeRun } from '../prune/runs.js';

let results: string;
let run: string;
beforeEach(() => {
  results = newFolder();
  run = makeRun(results, 'demo', 'run-20260101-000000');
  makeRun(results, 'demo', 'run-20260102-000000');
});

/** What the first run is taken for; the second one is always found as well. */
async function taken(): Promise<string> {
  const { runs, skipped } = await findRuns(results);
  expect(runs.map(({ runId }) => runId)).toContain('run-20260102-000000');
  const found = runs.find(({ runId }) => runId === 'run-20260101-000000');
  if (found === undefined) return `skipped: ${skipped[0]?.reason}`;
  return found.kind === 'finished' ? 'finished' : `${found.kind}: ${found.reason}`;
}

const manifest = (): string => join(run, 'manifest.json');
const say = (more: Record<string, unknown>): void =>
  writeFileSync(
    manifest(),
    JSON.stringify({
      run_id: 'run-20260101-000000',
      experiment: 'demo',
      status: 'complete',
      ended_at: '2026-01-01T00:00:00Z',
      totals: { bytes: 1 },
      counts: { steps: 1 },
      manifest_digest: 'a',
      ...more,
    }),
  );
/** JSON of which no text can be made. */
const NO_TEXT = { toString: 1, valueOf: 1 };
const deep = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('a manifest that lies', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['nothing', {}, 'finished'],
    ['another run', { run_id: 'x' }, 'strange: renamed by hand: its manifest.json says x'],
    [
      'a run that is no text',
      { run_id: NO_TEXT },
      'strange: renamed by hand: its manifest.json says no text but object',
    ],
    [
      'a long run',
      { run_id: 'x'.repeat(1e6) },
      `strange: renamed by hand: its manifest.json says ${'x'.repeat(128)}`,
    ],
    [
      'an experiment that is no text',
      { experiment: NO_TEXT },
      'strange: moved by hand: its manifest.json says experiment no text but object',
    ],
    ['a status that is no text', { status: NO_TEXT }, 'finished'],
    [
      'an end that is no text',
      { ended_at: NO_TEXT },
      "strange: manifest.json says it ended at 'no text but object', which is no date",
    ],
    [
      'an end that is a number',
      { ended_at: 5 },
      "strange: manifest.json says it ended at 'no text but number', which is no date",
    ],
    ['no totals', { totals: null }, 'strange: manifest.json is not one of ours'],
    ['a size below zero', { totals: { bytes: -1 } }, 'strange: manifest.json is not one of ours'],
    ['a size that is none', { totals: { bytes: 1e300 } }, 'strange: manifest.json is not one of ours'],
    ['no digest', { manifest_digest: 5 }, 'strange: manifest.json is not one of ours'],
  ])('about %s', async (_what, more, expected) => {
    say(more);
    expect(await taken()).toBe(expected);
  });

  it.each([
    [
      'a list in lists',
      () => writeFileSync(manifest(), deep(500_000)),
      'strange: manifest.json is not one of ours',
    ],
    [
      'a name in lists',
      () =>
        writeFileSync(
          manifest(),
          `{"run_id":${deep(500_000)},"totals":{"bytes":1},"counts":{"steps":1},"manifest_digest":"a"}`,
        ),
      'strange: renamed by hand: its manifest.json says no text but object',
    ],
    [
      '__proto__',
      () => writeFileSync(manifest(), '{"__proto__":{"run_id":"x"}}'),
      'strange: manifest.json is not one of ours',
    ],
    [
      'more than 200 MB',
      () => truncateSync(manifest(), 200_000_001),
      'strange: manifest.json cannot be read: it is larger than 200 MB, more than any run needs',
    ],
  ])('%s', async (_what, change, expected) => {
    change();
    expect(await taken()).toBe(expected);
  });
});

describe('what is no file where one should be', () => {
  const replace = (name: string, make: (path: string) => unknown): void => {
    rmSync(join(run, name), { force: true });
    make(join(run, name));
  };
  const pipe = (path: string): unknown => execFileSync('mkfifo', [path]);

  it.each<[string, string, (path: string) => unknown, RegExp]>([
    ['a pipe', 'manifest.json', pipe, /^strange: manifest\.json is not a file$/],
    ['a folder', 'manifest.json', mkdirSync, /^strange: manifest\.json is not a file$/],
    [
      'a link',
      'manifest.json',
      (path) => symlinkSync('/etc/hostname', path),
      /^strange: manifest\.json is not a file$/,
    ],
    [
      'an endless device',
      'manifest.json',
      (path) => execFileSync('mknod', [path, 'c', '1', '5']),
      /^strange: /,
    ],
    ['a pipe', 'run.lock', pipe, /^held: may be live: /],
    ['a folder', 'run.lock', mkdirSync, /^strange: cannot read the lock of .*directory$/],
  ])('%s as %s', async (what, name, make, expected) => {
    if (what === 'an endless device' && process.getuid?.() !== 0) return;
    replace(name, make);
    expect(await taken()).toMatch(expected);
  });

  it('a file as the folder of marks: the experiment is skipped, and the others are found', async () => {
    makeRun(results, 'other', 'run-20260101-000000');
    writeFileSync(join(results, 'demo', '.marks'), '');
    const { runs, skipped } = await findRuns(results);
    expect(runs.map(({ experiment }) => experiment)).toEqual(['other']);
    expect(skipped).toEqual([{ path: 'demo', reason: expect.stringContaining('.marks'), isUnread: true }]);
  });
});

describe('a results folder', () => {
  it('may be narrowed to an experiment', async () => {
    makeRun(results, 'other', 'run-20260101-000000');
    expect((await findRuns(results, 'other')).runs.map(({ experiment }) => experiment)).toEqual(['other']);
  });

  it.each<[string, () => string, string]>([
    ['does not exist', () => join(results, 'no'), 'does not exist'],
    ['is a file', () => join(run, 'run.json'), 'is a file'],
    ['is a run', () => run, 'is a run, not a results folder'],
    ['is nothing', () => '', ' does not exist'],
  ])('that %s', async (_what, path, message) => {
    await expect(requireResults(path())).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining(message),
      hint: 'give the folder that holds the experiments: <results>/<experiment>/<run_id>',
    });
  });
});
