import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { bgzf } from '../../fixtures/bgzf.js';
import type { Mutation } from '../../fixtures/run-builder.js';
import { EPISODES, run, STEPS, version, type Case } from './case.js';

/** Steps in several files: name and the lines it gets. */
const parts = (ranges: Record<string, [from: number, to: number]>): Mutation => ({
  files(files) {
    const lines = gunzipSync(files.get(STEPS)!).toString().trimEnd().split('\n');
    files.delete(STEPS);
    for (const [name, range] of Object.entries(ranges)) files.set(name, bgzf(lines.slice(...range)));
  },
});

/** A file of the finished run gives way to something else. */
const replaced = (name: string, by: (path: string) => void): Mutation => ({
  directory(path) {
    rmSync(join(path, name));
    by(join(path, name));
  },
});

const moved = (to: (path: string) => string): Pick<Case, 'at' | 'change'> => ({
  at: to,
  change: { directory: (path) => renameSync(path, to(path)) },
});

export const layoutCases: Case[] = [
  { code: 'file-missing', what: 'no steps', file: STEPS, change: { files: (files) => files.delete(STEPS) } },
  {
    code: 'file-missing',
    what: 'no episodes',
    file: EPISODES,
    change: { files: (files) => files.delete(EPISODES) },
  },
  {
    code: 'part-missing',
    what: 'part 1 of 3, within an episode',
    file: 'steps.part0001.jsonl.gz',
    change: parts({ [STEPS]: [0, 4], 'steps.part0002.jsonl.gz': [9, 17] }),
  },
  {
    code: 'part-missing',
    what: 'all up to a number far away',
    file: 'steps.part0001.jsonl.gz',
    change: {
      beforeManifest: (path) => writeFileSync(join(path, 'steps.part99999999.jsonl.gz'), bgzf([])),
    },
  },
  {
    code: 'file-unknown',
    what: 'a part number of too many digits',
    file: 'steps.part9999999999.jsonl.gz',
    change: {
      directory: (path) => writeFileSync(join(path, 'steps.part9999999999.jsonl.gz'), ''),
    },
  },
  {
    code: 'file-unreadable',
    what: 'a link that leads nowhere',
    file: STEPS,
    change: replaced(STEPS, (path) => symlinkSync('/gone', path)),
  },
  {
    code: 'file-unreadable',
    what: 'a directory in the place of a file',
    file: EPISODES,
    change: replaced(EPISODES, (path) => mkdirSync(path)),
  },
  {
    code: 'file-unreadable',
    what: 'the last part',
    file: 'steps.part0001.jsonl.gz',
    change: {
      ...parts({ [STEPS]: [0, 8], 'steps.part0001.jsonl.gz': [8, 17] }),
      ...replaced('steps.part0001.jsonl.gz', (path) => symlinkSync('/gone', path)),
    },
  },
  {
    code: 'gzip-corrupt',
    what: 'all of the last part',
    file: 'steps.part0001.jsonl.gz',
    change: {
      ...parts({ [STEPS]: [0, 8] }),
      beforeManifest: (path) => writeFileSync(join(path, 'steps.part0001.jsonl.gz'), '{}\n'),
    },
  },
  {
    code: 'manifest-file',
    what: 'the last part is gone',
    file: 'steps.part0001.jsonl.gz',
    change: {
      ...parts({ [STEPS]: [0, 8], 'steps.part0001.jsonl.gz': [8, 17] }),
      directory: (path) => rmSync(join(path, 'steps.part0001.jsonl.gz')),
    },
  },
  {
    code: 'manifest-file',
    what: 'a link that leads nowhere',
    file: 'config.yaml',
    change: {
      files: (files) => files.set('config.yaml', Buffer.from('episodes: 3\n')),
      ...replaced('config.yaml', (path) => symlinkSync('/gone', path)),
    },
  },
  {
    code: 'seed-list',
    what: 'does not start at base_seed',
    file: 'run.json',
    change: run((metadata) => (metadata['base_seed'] = 99)),
  },
  {
    code: 'part-double',
    what: 'two names of part 1',
    file: 'steps.part0001.jsonl.gz',
    change: parts({ [STEPS]: [0, 6], 'steps.jsonl.part1.gz': [6, 6], 'steps.part0001.jsonl.gz': [6, 17] }),
  },
  {
    code: 'file-unknown',
    what: 'notes',
    file: 'notes.txt',
    change: { directory: (path) => writeFileSync(join(path, 'notes.txt'), '') },
  },
  {
    code: 'file-leftover',
    what: 'a part that was never whole',
    file: 'steps.part0001.parquet.tmp',
    change: { directory: (path) => writeFileSync(join(path, 'steps.part0001.parquet.tmp'), '') },
  },
  {
    code: 'directory-run-id',
    what: 'renamed',
    file: 'run.json',
    ...moved((path) => join(dirname(path), 'run-20261121-120001')),
  },
  {
    code: 'directory-experiment',
    what: 'moved',
    file: 'run.json',
    ...moved((path) => join(dirname(dirname(path)), basename(path))),
  },
  {
    code: 'run-name',
    what: 'an experiment that is a path',
    file: 'run.json',
    change: run((metadata) => (metadata['experiment'] = '../demo')),
  },
  { code: 'schema-version', what: 'that we do not know', file: 'run.json', change: version('2.0.0') },
  { code: 'schema-older', what: '0.1', file: 'run.json', change: version('0.1') },
  { code: 'unfinished', what: 'no manifest', file: null, change: { withoutManifest: true } },
];
