import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { canonicalHash, parseTypedJson, prettyJson, type JsonMap } from '../../src/core/canonical-json.js';
import { doPrune, preparePrune, type Removal } from '../../src/prune/index.js';
import type { PolicySettings } from '../../src/prune/policy-schema.js';
import { newFolder, stamps } from '../fixtures/captured-run.js';
import { clock, makeRun, policy } from './runs.js';

async function prune(results: string, settings: PolicySettings, remove = true) {
  const prepared = await preparePrune(results, policy(settings), clock);
  const removals: Removal[] | null = remove ? await doPrune(prepared) : null;
  return { ...prepared, removals };
}
const keepLast = (results: string, count: number, remove = true) =>
  prune(results, { keep_last: count }, remove);
const lock = (run: string, pid: number, host = hostname()): void =>
  writeFileSync(join(run, 'run.lock'), JSON.stringify({ pid, host, since: '' }));

/** Writes another `ended_at` into a manifest, with the digest to it or without. */
function sayItEnded(run: string, endedAt: string, withDigest: boolean): void {
  const path = join(run, 'manifest.json');
  const { manifest_digest: digest, ...rest } = parseTypedJson(readFileSync(path, 'utf8')) as JsonMap;
  const body: JsonMap = { ...rest, ended_at: endedAt };
  writeFileSync(path, prettyJson({ ...body, manifest_digest: withDigest ? canonicalHash(body) : digest! }));
}

/** Runs 1 to n, one a day; the higher the later. */
function makeRuns(count: number, experiment = 'demo', results = newFolder()): string {
  for (let day = 1; day <= count; day++) {
    const date = String(day).padStart(2, '0');
    makeRun(results, experiment, `run-202601${date}-000000`, { endedAt: `2026-01-${date}T01:00:00Z` });
  }
  return results;
}

function mark(run: string, name: string): void {
  const folder = join(run, '..', '.marks');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${basename(run)}@${name}`), '{"at":"2026-01-01T00:00:00Z"}');
}

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => child.on('exit', resolve));
  return child.pid!;
}

describe('prune', () => {
  it('removes what no rule keeps, whole, and leaves no trash', async () => {
    const results = makeRuns(4);
    const { removals } = await keepLast(results, 2);
    expect(removals?.map(({ path, outcome }) => `${outcome} ${path}`)).toEqual([
      'removed demo/run-20260102-000000',
      'removed demo/run-20260101-000000',
    ]);
    expect(readdirSync(join(results, 'demo'))).toEqual(['run-20260103-000000', 'run-20260104-000000']);
    expect(readdirSync(results)).toEqual(['demo']);
  });

  it('changes nothing when it only plans', async () => {
    const results = makeRuns(3);
    const before = stamps(results);
    const { plan, removals } = await keepLast(results, 1, false);
    expect(plan.decisions.map(({ action }) => action)).toEqual(['keep', 'remove', 'remove']);
    expect(removals).toBeNull();
    expect(stamps(results)).toEqual(before);
  });

  it.each<[string, (results: string) => string, string]>([
    ['a path that is not there', (results) => join(results, 'none'), 'does not exist'],
    ['a file', (results) => join(results, 'demo', 'run-20260101-000000', 'run.json'), 'is a file'],
    ['a run', (results) => join(results, 'demo', 'run-20260101-000000'), 'is a run, not a results folder'],
  ])('refuses %s', async (_what, path, message) => {
    await expect(keepLast(path(makeRuns(1)), 1)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining(message),
    });
  });

  it('takes the time a run ended from its manifest, then its start, never from the files', async () => {
    const results = newFolder();
    makeRun(results, 'demo', 'run-20200101-000000', { endedAt: '2026-06-30T00:00:00Z' });
    makeRun(results, 'demo', 'run-20260629-000000', {
      endedAt: null,
      startedAt: '2019-01-01T00:00:00Z',
    });
    makeRun(results, 'demo', 'run-20260628-000000', { endedAt: null, startedAt: null });
    const { plan } = await prune(results, { keep_within: '7d' }, false);
    expect(plan.decisions.map(({ run, action }) => `${action} ${run.runId}`)).toEqual([
      'keep run-20200101-000000',
      'keep run-20260628-000000',
      'remove run-20260629-000000',
    ]);
  });
});

describe('never touches', () => {
  it('a live run, an unfinished one, or one that is not as its files say', async () => {
    const results = makeRuns(1);
    const alive = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    try {
      lock(makeRun(results, 'demo', 'live'), alive.pid!);
      lock(makeRun(results, 'demo', 'far'), 1, 'another-host');
      writeFileSync(join(makeRun(results, 'demo', 'torn-lock'), 'run.lock'), '{"pid');
      makeRun(results, 'demo', 'unfinished', { withoutManifest: true });
      makeRun(results, 'demo', 'upstream', { withoutManifest: true, run: { schema_version: '0.1' } });
      makeRun(results, 'demo', 'renamed', { run: { run_id: 'run-x' } });
      makeRun(results, 'demo', 'moved', { run: { experiment: 'other' } });
      writeFileSync(join(makeRun(results, 'demo', 'no-json'), 'run.json'), 'hello');
      writeFileSync(join(makeRun(results, 'demo', 'torn'), 'manifest.json'), '{"manifest_ver');
      writeFileSync(join(makeRun(results, 'demo', 'foreign'), 'manifest.json'), '{"files": []}');
      writeFileSync(join(makeRun(results, 'demo', 'list'), 'manifest.json'), '[]');
      sayItEnded(makeRun(results, 'demo', 'aged'), '2006-01-01T00:00:00Z', false);
      sayItEnded(makeRun(results, 'demo', 'aged-badly'), 'garbage', false);
      sayItEnded(makeRun(results, 'demo', 'dateless'), 'garbage', true);
      const { plan, removals } = await prune(results, { keep_within: '1h' });
      const reasons = Object.fromEntries(
        plan.decisions.map(({ run, reasons: [first] }) => [run.runId, first]),
      );
      const maybeLive = (run: string, who: string): string =>
        `may be live: locked by ${who}; from here nobody can tell whether it still runs; when it was killed, remove ${join(results, 'demo', run, 'run.lock')}`;
      expect(reasons).toEqual({
        'run-20260101-000000': 'the last valid run of its experiment',
        live: `live: process ${alive.pid} on ${hostname()} is capturing it`,
        far: maybeLive('far', 'process 1 on another-host'),
        'torn-lock': maybeLive('torn-lock', 'process 0 on an unknown machine'),
        unfinished: 'not finished: it has no manifest.json',
        upstream: 'not finished: it has no manifest.json',
        renamed: 'renamed by hand: its manifest.json says run-x',
        moved: 'moved by hand: its manifest.json says experiment other',
        'no-json': 'not in keep-within 1h',
        torn: 'manifest.json is not one of ours',
        foreign: 'manifest.json is not one of ours',
        list: 'manifest.json is not one of ours',
        aged: 'not in keep-within 1h',
        'aged-badly': "manifest.json says it ended at 'garbage', which is no date",
        dateless: "manifest.json says it ended at 'garbage', which is no date",
      });
      // a glance plans, a close look removes
      expect(removals).toEqual([
        { path: 'demo/no-json', outcome: 'kept', reason: expect.stringContaining('is not valid JSON') },
        { path: 'demo/aged', outcome: 'kept', reason: 'manifest.json was changed after it was written' },
      ]);
      expect(readdirSync(join(results, 'demo'))).toHaveLength(15);
    } finally {
      alive.kill();
    }
  });

  it('a run whose writer was killed after it had finished is no longer live', async () => {
    const results = makeRuns(2);
    lock(join(results, 'demo', 'run-20260101-000000'), await deadPid());
    expect((await keepLast(results, 1)).removals).toMatchObject([{ outcome: 'removed' }]);
  });

  it('what is no run directory', async () => {
    const results = makeRuns(2);
    mkdirSync(join(results, 'demo', 'figures'));
    writeFileSync(join(results, 'demo', 'figures', 'a.png'), '');
    // a capture begins with an empty folder
    mkdirSync(join(results, 'demo', 'run-20260301-000000'));
    mkdirSync(join(results, 'demo', 'run-20260301-000001'));
    writeFileSync(join(results, 'demo', 'run-20260301-000001', '.run.lock.0a1b2c3d.tmp'), '');
    mkdirSync(join(results, 'demo', '.hidden'));
    mkdirSync(join(results, 'notes'));
    mkdirSync(join(results, 'demo', 'with space'));
    writeFileSync(join(results, 'README.md'), '');
    writeFileSync(join(results, 'demo', 'run-20250101-000000'), 'a file');
    makeRun(join(results, '..'), results.split('/').at(-1)!, 'run-20240101-000000');
    const { skipped } = await keepLast(results, 1);
    expect(skipped).toEqual([
      { path: 'demo/with space', reason: 'not a name of ours' },
      { path: 'demo/figures', reason: 'not a run directory: it has no run.json' },
      { path: 'run-20240101-000000', reason: 'a run that lies in no experiment folder' },
    ]);
    expect(readdirSync(results).sort()).toEqual(['README.md', 'demo', 'notes', 'run-20240101-000000']);
    expect(readdirSync(join(results, 'demo')).sort()).toEqual([
      '.hidden',
      'figures',
      'run-20250101-000000',
      'run-20260102-000000',
      'run-20260301-000000',
      'run-20260301-000001',
      'with space',
    ]);
  });

  it('anything through a symbolic link', async () => {
    const elsewhere = makeRuns(3);
    const results = makeRuns(1);
    symlinkSync(join(elsewhere, 'demo'), join(results, 'linked'));
    symlinkSync(join(elsewhere, 'demo', 'run-20260101-000000'), join(results, 'demo', 'run-20250101-000000'));
    const before = stamps(elsewhere);
    const { skipped, removals } = await keepLast(results, 1);
    expect(skipped).toEqual(
      [
        { path: 'demo/run-20250101-000000', reason: 'a symbolic link' },
        { path: 'linked', reason: 'a symbolic link' },
      ].toSorted(
        (a, b) =>
          skipped.findIndex(({ path }) => path === a.path) - skipped.findIndex(({ path }) => path === b.path),
      ),
    );
    expect(removals).toEqual([]);
    expect(stamps(elsewhere)).toEqual(before);
  });

  it('the target of a link inside of a run', async () => {
    const results = makeRuns(2);
    const precious = newFolder();
    writeFileSync(join(precious, 'data'), '1');
    symlinkSync(precious, join(results, 'demo', 'run-20260101-000000', 'linked'));
    await keepLast(results, 1);
    expect(existsSync(join(results, 'demo', 'run-20260101-000000'))).toBe(false);
    expect(readFileSync(join(precious, 'data'), 'utf8')).toBe('1');
  });

  it('an experiment that cannot be read; the others are pruned', async () => {
    const results = makeRuns(2);
    const locked = join(makeRuns(2, 'locked', results), 'locked');
    const { readdir } = promises;
    // permissions do not hold for root
    const denied = vi
      .spyOn(promises, 'readdir')
      .mockImplementation(((path: string, options: object) =>
        path === locked
          ? Promise.reject(Object.assign(new Error('EACCES'), { code: 'EACCES' }))
          : readdir(path, options)) as typeof readdir);
    syncBuiltinESMExports();
    try {
      const { skipped, removals } = await keepLast(results, 1);
      const reason = `cannot read ${locked}: permission denied`;
      expect(skipped).toEqual([{ path: 'locked', reason, isUnread: true }]);
      expect(removals).toMatchObject([{ path: 'demo/run-20260101-000000', outcome: 'removed' }]);
    } finally {
      denied.mockRestore();
      syncBuiltinESMExports();
    }
    expect(readdirSync(locked)).toHaveLength(2);
  });

  it('but a results folder that is a link is followed', async () => {
    const results = makeRuns(2);
    const link = join(newFolder(), 'results');
    symlinkSync(results, link);
    expect((await keepLast(link, 1)).removals).toHaveLength(1);
  });
});

describe('between plan and removal', () => {
  it.each<[string, (run: string) => void, string, string | null]>([
    ['a run became live', (run) => lock(run, process.pid), 'kept', 'live: '],
    [
      'a run lost its manifest',
      (run) => rmSync(join(run, 'manifest.json')),
      'kept',
      'not finished: it has no manifest.json',
    ],
    [
      'a run was captured anew',
      (run) => {
        const path = join(run, 'manifest.json');
        writeFileSync(
          path,
          readFileSync(path, 'utf8').replace(
            /"manifest_digest": "[0-9a-f]{8}/,
            '"manifest_digest": "00000000',
          ),
        );
      },
      'kept',
      'its manifest changed',
    ],
    [
      'a link took the place of a run',
      (run) => {
        renameSync(run, `${run}-moved`);
        symlinkSync(`${run}-moved`, run);
      },
      'kept',
      'no longer a directory',
    ],
    ['a run was pinned', (run) => mark(run, 'pinned'), 'kept', 'pinned since'],
    ['a run was tagged', (run) => mark(run, 'tag=paper'), 'kept', 'tagged paper since'],
    ['a run was accepted', (run) => mark(run, 'accepted'), 'kept', 'accepted since'],
    [
      'the manifest is another than it says',
      (run) => {
        const path = join(run, 'manifest.json');
        writeFileSync(path, readFileSync(path, 'utf8').replace('"complete"', '"aborted"'));
      },
      'kept',
      'manifest.json was changed after it was written',
    ],
    ['a run was removed', (run) => rmSync(run, { recursive: true }), 'gone', null],
  ])('%s', async (_what, change, outcome, reason) => {
    const results = makeRuns(2);
    const prepared = await preparePrune(results, policy({ keep_last: 1 }), clock);
    const run = join(results, 'demo', 'run-20260101-000000');
    change(run);
    const [removal] = await doPrune(prepared);
    expect(removal).toMatchObject({
      outcome,
      reason: reason === null ? null : expect.stringContaining(reason),
    });
    expect(readdirSync(results)).toEqual(['demo']);
    expect(existsSync(run)).toBe(outcome === 'kept');
  });

  it('two prunes at once remove each run once, and both succeed', async () => {
    const results = makeRuns(28);
    const both = await Promise.all([keepLast(results, 3), keepLast(results, 3), keepLast(results, 3)]);
    const outcomes = both.flatMap(({ removals }) => removals!.map(({ outcome }) => outcome));
    expect(outcomes.filter((outcome) => outcome === 'removed')).toHaveLength(25);
    expect(outcomes.filter((outcome) => outcome !== 'removed' && outcome !== 'gone')).toEqual([]);
    expect(readdirSync(join(results, 'demo'))).toHaveLength(3);
    expect(readdirSync(results)).toEqual(['demo']);
  });
});

describe('what a killed prune left', () => {
  const trash = (results: string, pid: number, host = hostname()): string => {
    const name = `.gone-${pid}-0123abcd-${host}`;
    makeRun(join(results, name), 'demo', 'run-20250101-000000');
    return name;
  };

  it('is named by a plan, and removed by the next prune', async () => {
    const results = makeRuns(1);
    const name = trash(results, await deadPid());
    expect(await keepLast(results, 1, false)).toMatchObject({
      leftovers: { gone: [join(results, name)] },
      removals: null,
    });
    expect(existsSync(join(results, name))).toBe(true);
    expect((await keepLast(results, 1)).removals).toEqual([{ path: name, outcome: 'removed', reason: null }]);
    expect(readdirSync(results)).toEqual(['demo']);
  });

  it('is left alone while that prune runs, or may run on another machine', async () => {
    const results = makeRuns(1);
    const alive = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    try {
      const running = trash(results, alive.pid!);
      const elsewhere = trash(results, 1, 'another-host');
      const { skipped, removals } = await keepLast(results, 1);
      expect(removals).toEqual([]);
      expect(skipped).toEqual([{ path: elsewhere, reason: 'being deleted by a prune on another machine' }]);
      expect(readdirSync(results).sort()).toEqual([elsewhere, running, 'demo'].sort());
    } finally {
      alive.kill();
    }
  });
});
