import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StreamName } from '../../src/core/layout.js';
import { contents, stamps } from '../fixtures/captured-run.js';
import { buildRun } from '../fixtures/run-builder.js';
import { exported, newFolder } from './support.js';

const STEPS = 'steps.jsonl.gz';

const csvOf = (path: string, column: string): string[] => {
  const [header, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const at = header!.split(',').indexOf(column);
  return lines.map((line) => line.split(',')[at]!);
};

describe('what is exported', () => {
  it('the chosen episodes keep their ids, in both files', async () => {
    const out = join(newFolder(), 'data.csv');
    const { counts } = await exported({ runDir: await buildRun({}, 6), out, episodes: '2,5-6' });
    const chosen = ['ep-000002', 'ep-000005', 'ep-000006'];
    expect([...new Set(csvOf(out, 'episode_id'))]).toEqual(chosen);
    expect(csvOf(join(out, '../data.episodes.csv'), 'episode_id')).toEqual(chosen);
    expect(counts).toEqual({ episodes: 3, steps: csvOf(out, 'step').length });
  });

  it('columns are of the steps alone', async () => {
    const out = join(newFolder(), 'data.csv');
    await exported({ runDir: await buildRun(), out, columns: 'agent_y,step' });
    expect(readFileSync(out, 'utf8').split('\n').slice(0, 2)).toEqual(['step,agent_y', '1,0']);
    expect(csvOf(join(out, '../data.episodes.csv'), 'episode_id')).toHaveLength(3);
  });

  it('an episode beyond the plan of the run is refused before anything is read', async () => {
    const folder = newFolder();
    const request = { runDir: await buildRun(), out: join(folder, 'new', 'data.csv'), episodes: '2-4' };
    await expect(exported(request)).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining('has no episode 4') as string,
      hint: 'it has episodes 1 to 3',
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('an episode that was planned and not recorded is refused, and nothing is left', async () => {
    const folder = newFolder();
    const runDir = await buildRun({
      lines: ({ steps, episodes }) => {
        steps.splice(12);
        episodes.splice(2);
      },
      withoutManifest: true,
    });
    await expect(exported({ runDir, out: join(folder, 'data.csv'), episodes: '2-3' })).rejects.toMatchObject({
      hint: 'it has episodes 1 to 2',
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('an id without a number cannot be chosen by number', async () => {
    const rename = (lines: Record<StreamName, string[]>): void => {
      for (const each of Object.values(lines)) {
        each.forEach((line, i) => (each[i] = line.replace('ep-000002', 'second')));
      }
    };
    const request = { runDir: await buildRun({ lines: rename }), out: join(newFolder(), 'data.csv') };
    await expect(exported({ ...request, episodes: '1-2' })).rejects.toThrow("episode 'second' has no number");
    expect((await exported(request)).counts).toEqual({ episodes: 3, steps: 17 });
  });

  it('the run is only read', async () => {
    const runDir = await buildRun();
    const before = stamps(runDir);
    await exported({ runDir, out: join(newFolder(), 'data.parquet') });
    expect(stamps(runDir)).toEqual(before);
  });

  it('two exports of one run are the same bytes', async () => {
    const runDir = await buildRun();
    for (const name of ['data.jsonl.gz', 'data.parquet', 'data.csv.gz', 'data.json']) {
      const [a, b] = [newFolder(), newFolder()];
      await exported({ runDir, out: join(a, name) });
      await exported({ runDir, out: join(b, name) });
      expect(contents(a)).toEqual(contents(b));
    }
  });
});

describe('a run that is not whole', () => {
  it('not finished: says so, and gives what there is', async () => {
    const runDir = await buildRun({ withoutManifest: true });
    truncateSync(join(runDir, 'steps.jsonl.gz'), readFileSync(join(runDir, 'steps.jsonl.gz')).length - 28);
    const { counts, notes } = await exported({ runDir, out: join(newFolder(), 'data.csv') });
    expect(counts).toEqual({ episodes: 3, steps: 17 });
    const manifest = join(runDir, 'manifest.json');
    expect(notes).toEqual([`the run is not finished: ${manifest} is missing; exported what was there`]);
  });

  it.each<[string, (files: Map<string, Buffer>) => void, string]>([
    [
      'a part that is not the last cut short',
      (files) => files.set(STEPS, files.get(STEPS)!.subarray(0, -28)),
      'is damaged: steps.jsonl.gz: no end block',
    ],
    ['its first part missing', (files) => files.delete(STEPS), 'is damaged: steps.jsonl.gz is missing'],
    [
      'a part missing',
      (files) => files.set('steps.part0003.jsonl.gz', files.get('steps.part0001.jsonl.gz')!),
      'is damaged: part 2 of the steps is missing',
    ],
    [
      'no episodes at all',
      (files) => files.delete('episodes.jsonl.gz'),
      'is damaged: episodes.jsonl.gz is missing',
    ],
  ])('not finished and with %s: refused', async (_, damage, message) => {
    const runDir = await buildRun({
      withoutManifest: true,
      files(files) {
        files.set('steps.part0001.jsonl.gz', files.get(STEPS)!);
        damage(files);
      },
    });
    const out = join(newFolder(), 'data.csv');
    await expect(exported({ runDir, out })).rejects.toThrow(message);
  });

  it('being written: says by whom', async () => {
    const runDir = await buildRun({ withoutManifest: true });
    writeFileSync(
      join(runDir, 'run.lock'),
      JSON.stringify({ pid: process.pid, host: hostname(), since: '' }),
    );
    const { notes } = await exported({ runDir, out: join(newFolder(), 'data.csv') });
    expect(notes).toEqual([
      `the run is held: process ${process.pid} on ${hostname()} is capturing it; exported what was there`,
    ]);
  });

  it.each([
    ['cut short', (path: string) => truncateSync(path, 60)],
    ['without its end', (path: string) => truncateSync(path, readFileSync(path).length - 28)],
  ])('finished and %s: refused, and nothing is left', async (_, damage) => {
    const folder = newFolder();
    const runDir = await buildRun({ directory: (path) => damage(join(path, 'steps.jsonl.gz')) });
    await expect(exported({ runDir, out: join(folder, 'data.csv') })).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringMatching(/ is damaged: steps\.jsonl\.gz: /) as string,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('a line that cannot be read is refused, in a run that is not finished too', async () => {
    const lines = ({ steps }: Record<StreamName, string[]>): void => void (steps[4] = '{"step":');
    const runDir = await buildRun({ lines, withoutManifest: true });
    await expect(exported({ runDir, out: join(newFolder(), 'data.csv') })).rejects.toThrow(
      'is damaged: steps.jsonl.gz:5: ',
    );
  });

  it('with other counts than its manifest says: refused', async () => {
    const runDir = await buildRun({
      manifest: (manifest) => void (manifest['counts'] = { episodes: 3, steps: 18 }),
    });
    await expect(exported({ runDir, out: join(newFolder(), 'data.csv') })).rejects.toThrow(
      'holds 3 episodes with 17 steps, its manifest.json says 3 with 18',
    );
  });

  it('keys that no column has are said to be left out', async () => {
    const lines = ({ steps }: Record<StreamName, string[]>): void =>
      steps.forEach((line, i) => (steps[i] = line.replace('{', '{"mine":1,')));
    const { notes } = await exported({
      runDir: await buildRun({ lines }),
      out: join(newFolder(), 'data.csv'),
    });
    expect(notes.join()).toContain('the key "mine"');
  });

  it('without records: refused', async () => {
    const runDir = newFolder();
    writeFileSync(join(runDir, 'run.json'), readFileSync(join(await buildRun(), 'run.json')));
    await expect(exported({ runDir, out: join(newFolder(), 'data.csv') })).rejects.toThrow(
      'has run.json and no records',
    );
  });
});

describe('where it goes', () => {
  it('folders that are missing are made', async () => {
    const out = join(newFolder(), 'a', 'b', 'data.csv');
    await exported({ runDir: await buildRun(), out });
    expect(readdirSync(join(out, '..'))).toEqual(['data.csv', 'data.episodes.csv']);
  });

  it.each(['data.csv', 'data.episodes.csv'])(
    'what lies at %s stays, unless it is to be replaced',
    async (name) => {
      const folder = newFolder();
      const runDir = await buildRun();
      const out = join(folder, 'data.csv');
      writeFileSync(join(folder, name), 'mine');
      await expect(exported({ runDir, out })).rejects.toMatchObject({
        message: `--out: ${join(folder, name)} exists already`,
        hint: 'choose another name, or replace it with --force',
      });
      expect(contents(folder)).toEqual(contents(folder));
      expect(readFileSync(join(folder, name), 'utf8')).toBe('mine');
      await exported({ runDir, out, force: true });
      expect(csvOf(out, 'step')).toHaveLength(17);
      expect(readdirSync(folder)).toEqual(['data.csv', 'data.episodes.csv']);
    },
  );

  it('a link is replaced, not what it leads to', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'kept'), 'mine');
    symlinkSync('kept', join(folder, 'data.json'));
    await exported({ runDir: await buildRun(), out: join(folder, 'data.json'), force: true });
    expect(readFileSync(join(folder, 'kept'), 'utf8')).toBe('mine');
    expect(lstatSync(join(folder, 'data.json')).isSymbolicLink()).toBe(false);
  });

  it('a folder is never replaced by a file', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'data.csv'));
    const request = { runDir: await buildRun(), out: join(folder, 'data.csv'), force: true };
    await expect(exported(request)).rejects.toThrow('is a folder');
  });

  it.each(['data.csv', 'sub/data.csv', 'steps.jsonl.gz'])('%s in the run itself is refused', async (name) => {
    const runDir = await buildRun();
    const before = contents(runDir);
    const link = join(newFolder(), 'link');
    symlinkSync(runDir, link);
    for (const way of [runDir, link]) {
      await expect(exported({ runDir, out: join(way, name), force: true })).rejects.toThrow(
        'lies in the run',
      );
    }
    expect(contents(runDir)).toEqual(before);
  });

  it('the format comes from the name, or has to be given', async () => {
    const runDir = await buildRun();
    const out = join(newFolder(), 'data.bin');
    await expect(exported({ runDir, out })).rejects.toMatchObject({
      kind: 'usage',
      hint: expect.stringContaining('.parquet .hdf5 .h5 .sqlite .db .csv .json') as string,
    });
    expect((await exported({ runDir, out, format: 'parquet' })).format).toBe('parquet');
    expect(readFileSync(out).subarray(0, 4).toString()).toBe('PAR1');
  });

  it('what a killed export left goes, what another one works in stays', async () => {
    const folder = newFolder();
    // a process that has ended
    const { pid } = spawnSync('true');
    const host = hostname().replaceAll(/[^A-Za-z0-9._-]/g, '_');
    const gone = `.export-${pid}-00000000-${host}`;
    const running = `.export-${process.ppid}-00000000-${host}`;
    for (const name of [gone, running]) mkdirSync(join(folder, name));
    await exported({ runDir: await buildRun(), out: join(folder, 'data.json') });
    expect(readdirSync(folder)).toEqual([running, 'data.json']);
  });

  it('an export that is called off leaves nothing', async () => {
    const folder = newFolder();
    const runDir = await buildRun();
    for (const name of ['data.csv', 'data.json', 'data.parquet', 'data.h5', 'data.db']) {
      const signal = AbortSignal.abort();
      await expect(exported({ runDir, out: join(folder, name) }, { signal })).rejects.toThrow(/abort/i);
    }
    expect(readdirSync(folder)).toEqual([]);
  });
});

it('progress counts what has been written and what is expected', async () => {
  const seen: [number, number][] = [];
  await exported(
    { runDir: await buildRun(), out: join(newFolder(), 'data.json'), episodes: '1-2' },
    { onProgress: ({ steps }, expected) => void seen.push([steps, expected]) },
  );
  expect(seen.at(-1)).toEqual([12, 2]);
});

it('sqlite and the files of text refuse what cannot apply', async () => {
  const runDir = await buildRun();
  const folder = newFolder();
  const out = (name: string): string => join(folder, name);
  await expect(exported({ runDir, out: out('a.db'), compression: 'gzip' })).rejects.toThrow('sqlite');
  await expect(exported({ runDir, out: out('a.json'), compression: 'zstd' })).rejects.toThrow('json');
  await expect(exported({ runDir, out: out('a.jsonl.gz'), compression: 'none' })).rejects.toThrow('jsonl');
  await expect(exported({ runDir, out: out('a.parquet'), level: '3' })).rejects.toThrow('snappy');
  await expect(exported({ runDir, out: out('a.h5'), columns: 'ts' })).rejects.toThrow('episode_id, step');
  expect(existsSync(out('a.db'))).toBe(false);
});
