import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockRun } from '../../src/io/run-lock.js';
import { validateRun } from '../../src/validate/index.js';
import { buildRun } from '../fixtures/run-builder.js';

/** A run that was killed: its record files, and what else lies there. */
const killed = (files: Record<string, string>, recorded = false): Promise<string> =>
  buildRun({
    withoutManifest: true,
    ...(recorded ? {} : { files: (made) => made.clear() }),
    directory(path) {
      for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
    },
  });

const findingsOf = async (path: string) =>
  (await validateRun(path)).findings.map(({ code, file, message }) => [code, file, message]);

const UNFINISHED = 'there is no manifest.json: the run is not finished (it was killed, or failed)';

describe('a run that was killed before its first record', () => {
  it.each<[string, Record<string, string>]>([
    ['no file at all', {}],
    ['JSON lines', { 'steps.jsonl.gz': '', 'episodes.jsonl.gz': '' }],
    ['SQLite', { 'run.sqlite': '' }],
  ])('says so: %s', async (_, files) => {
    expect(await findingsOf(await killed(files))).toEqual([
      ['unfinished', null, `${UNFINISHED} and has no records yet`],
    ]);
  });

  it('still lacks the files of a stream when there are records of the other', async () => {
    const path = await buildRun({
      withoutManifest: true,
      files: (files) => files.delete('episodes.jsonl.gz'),
    });
    expect((await findingsOf(path)).slice(0, 2)).toEqual([
      ['file-missing', 'episodes.jsonl.gz', 'episodes.jsonl.gz is missing'],
      ['unfinished', null, UNFINISHED],
    ]);
  });

  it('says that it was killed when its lock is still there', async () => {
    const lock = { pid: 2 ** 30, host: hostname(), since: 'capturing' };
    const path = await killed({ 'run.lock': JSON.stringify(lock) });
    expect(await findingsOf(path)).toEqual([
      ['unfinished', null, expect.stringContaining('(it was killed) and has no records yet')],
    ]);
  });

  it('is judged as before when it says that it is finished', async () => {
    const path = await buildRun({ files: (files) => files.clear() });
    const codes = (await validateRun(path)).findings.map(({ code }) => code);
    expect(codes.filter((code) => code === 'file-missing')).toHaveLength(2);
  });
});

describe('what a killed capture leaves', () => {
  it.each(['steps.parquet.tmp', 'episodes.part0012.parquet.tmp', '.run.h5.4711', '.run.json.00c0ffee.tmp'])(
    '%s can be removed',
    async (name) => {
      const left = 'left by a capture that was killed; it can be removed';
      expect(await findingsOf(await killed({ [name]: 'PAR1' }, true))).toContainEqual([
        'file-leftover',
        name,
        left,
      ]);
    },
  );

  it.each(['run.sqlite-wal', 'run.sqlite-shm', 'run.sqlite-journal'])('%s is kept', async (name) => {
    const path = await killed({ 'run.sqlite': '', [name]: '' });
    const found = (await findingsOf(path)).filter(([code]) => code !== 'unfinished');
    expect(found).toEqual([
      ['file-leftover', name, 'a part of run.sqlite, which its writer has not closed: keep them together'],
    ]);
  });

  it('is being written while the capture runs', async () => {
    const path = await killed({ 'steps.parquet.tmp': 'PAR1' }, true);
    await lockRun(path, 'capturing');
    expect(await findingsOf(path)).toContainEqual([
      'file-leftover',
      'steps.parquet.tmp',
      'not whole yet: the capture that writes it is running',
    ]);
  });

  it.each(['steps.tmp', 'steps.jsonl.gz.tmp', '.run.h5.', '.run.h5.12x', 'run.sqlite-walk', '.notes.tmp'])(
    '%s is no name of ours',
    async (name) => {
      expect(await findingsOf(await killed({ [name]: '' }, true))).toContainEqual([
        'file-unknown',
        name,
        'this file is no part of a run',
      ]);
    },
  );

  it('a journal beside a finished file is none of ours', async () => {
    const path = await buildRun({ directory: (at) => writeFileSync(join(at, 'run.sqlite-wal'), '') });
    expect((await validateRun(path)).findings).toMatchObject([
      { code: 'file-unknown', file: 'run.sqlite-wal' },
    ]);
  });
});
