import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  clearMark,
  clearMarks,
  isMarkName,
  marksOf,
  readMark,
  readMarks,
  requireTag,
  setMark,
} from '../../src/catalog/marks.js';
import { newFolder } from '../fixtures/captured-run.js';
import { makeRun } from '../prune/runs.js';

const RUN = { experiment: 'demo', runId: 'run-20260101-000000' };
const AT = '2026-01-01T00:00:00Z';
let root: string;
let folder: string;
beforeEach(() => {
  root = newFolder();
  makeRun(root, RUN.experiment, RUN.runId);
  folder = join(root, 'demo', '.marks');
});
const put = (name: string, text = `{"at":"${AT}"}`): void => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
};
const agoMs = (name: string, ms: number): void => {
  const then = new Date(Date.now() - ms);
  utimesSync(join(folder, name), then, then);
};

describe('marks', () => {
  it('are read as they were set, each by itself', async () => {
    await setMark(root, RUN, 'pinned', { at: AT });
    await setMark(root, RUN, 'tag=paper', { at: AT });
    await setMark(root, RUN, 'tag=figure-2', { at: AT });
    await setMark(root, RUN, 'rejected', { at: AT, reason: 'wind', manifest_digest: 'a' });
    expect(await readMarks(root, 'demo')).toEqual(
      new Map([
        [RUN.runId, { pinned: true, tags: ['figure-2', 'paper'], verdict: 'rejected', ingested: false }],
      ]),
    );
    expect(await marksOf(root, RUN)).toEqual(['pinned', 'rejected', 'tag=figure-2', 'tag=paper']);
    expect(await readMark(root, RUN, 'rejected')).toEqual({ at: AT, reason: 'wind', manifest_digest: 'a' });
    expect(await readMark(root, RUN, 'accepted')).toBeNull();
    expect(await clearMark(root, RUN, 'pinned')).toBe(true);
    expect(await clearMark(root, RUN, 'pinned')).toBe(false);
    expect((await readMarks(root, 'demo')).get(RUN.runId)).toMatchObject({ pinned: false });
  });

  it('set at the same time by many do not undo each other, and leave no temporary files', async () => {
    const tags = Array.from({ length: 20 }, (_, i) => `tag=t${i}` as const);
    await Promise.all(tags.map((tag) => setMark(root, RUN, tag, { at: AT })));
    expect(readdirSync(folder)).toHaveLength(20);
  });

  it.each([
    '@pinned',
    'run@',
    'run@unknown',
    'run@tag=',
    'run@tag=a@b',
    'run@pinned@x',
    'README',
    '.x@pinned.tmp',
  ])("'%s' is no mark, and left alone", async (name) => {
    put(name);
    agoMs(name, 1e9);
    expect(await readMarks(root, 'demo')).toEqual(new Map());
    await clearMarks(root, 'demo', new Set());
    expect(readdirSync(folder)).toEqual([name]);
  });

  it.each([
    ['no JSON', '{"at":'],
    ['empty', ''],
    ['null', 'null'],
    ['a number', '5'],
    ['a time that is none', '{"at":{}}'],
    ['a destination that is none', `{"at":"${AT}","destination":{"toString":1}}`],
    ['nested deeply', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['large', ' '.repeat(2_000_000)],
  ])(
    'of which the text is %s count, and say clearly what is wrong when they are looked into',
    async (_what, text) => {
      put(`${RUN.runId}@pinned`, text);
      expect((await readMarks(root, 'demo')).get(RUN.runId)).toMatchObject({ pinned: true });
      await expect(readMark(root, RUN, 'pinned')).rejects.toMatchObject({
        kind: 'input',
        message: expect.stringMatching(/@pinned is (?:not a mark of ours|larger than 1 MB)$/),
        hint: expect.any(String),
      });
    },
  );

  it('a pipe is not waited for', async () => {
    mkdirSync(folder);
    execFileSync('mkfifo', [join(folder, `${RUN.runId}@accepted`)]);
    await expect(readMark(root, RUN, 'accepted')).rejects.toMatchObject({ kind: 'input' });
  });

  it('in a folder that is a link belong to other runs: read, never written or removed', async () => {
    put(`${RUN.runId}@pinned`);
    put('run-elsewhere@pinned');
    agoMs('run-elsewhere@pinned', 1e9);
    const other = join(newFolder(), 'marks');
    renameSync(folder, other);
    symlinkSync(other, folder);
    expect((await readMarks(root, 'demo')).get(RUN.runId)).toMatchObject({ pinned: true });
    await clearMarks(root, 'demo', new Set(['run-elsewhere']));
    const refused = { kind: 'input', message: `${folder} is not a folder, so there is no place for marks` };
    await expect(setMark(root, RUN, 'accepted', { at: AT })).rejects.toMatchObject(refused);
    await expect(clearMark(root, RUN, 'pinned')).rejects.toMatchObject(refused);
    expect(readdirSync(other).sort()).toEqual([`${RUN.runId}@pinned`, 'run-elsewhere@pinned']);
  });
});

describe('marks of runs that are gone', () => {
  it('go with them, or after an hour; those of runs that are there stay', async () => {
    put(`${RUN.runId}@pinned`);
    agoMs(`${RUN.runId}@pinned`, 1e9);
    put('run-old@pinned');
    agoMs('run-old@pinned', 3_700_000);
    put('run-new@pinned');
    put('run-removed@tag=x');
    await clearMarks(root, 'demo', new Set(['run-removed']));
    expect(readdirSync(folder).sort()).toEqual([`${RUN.runId}@pinned`, 'run-new@pinned']);
  });

  it('stay when the run was brought back meanwhile', async () => {
    put(`${RUN.runId}@pinned`);
    await clearMarks(root, 'demo', new Set([RUN.runId]));
    expect(readdirSync(folder)).toEqual([`${RUN.runId}@pinned`]);
  });

  it('stay when they are folders', async () => {
    mkdirSync(join(folder, 'run-old@accepted'), { recursive: true });
    agoMs('run-old@accepted', 1e9);
    await clearMarks(root, 'demo', new Set(['run-old']));
    expect(readdirSync(folder)).toEqual(['run-old@accepted']);
  });
});

describe('names', () => {
  it.each(['pinned', 'accepted', 'rejected', 'ingested', 'tag=a.b-c_1'])("'%s' is a mark's", (name) => {
    expect(isMarkName(name)).toBe(true);
  });
  it.each([
    '',
    'pin',
    'tag=',
    'tag=a/b',
    'tag=../../x',
    '../../x',
    'pinned/../../x',
    '__proto__',
    'a@pinned',
  ])("'%s' is not", (name) => {
    expect(isMarkName(name)).toBe(false);
  });
  it.each(['', '.', '..', '-x', 'a b', 'a/b', 'a@b', 'ä', '\u001b[31m', 'x'.repeat(65)])(
    'no tag is called %j',
    (tag) => {
      expect(() => requireTag(tag)).toThrow(
        expect.objectContaining({ kind: 'usage', hint: expect.any(String) }),
      );
    },
  );
});
