import { renameSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockRun } from '../../src/io/run-lock.js';
import { validateRun } from '../../src/validate/index.js';
import { bgzf, bgzfBlock, END_BLOCK } from '../fixtures/bgzf.js';
import { buildRun, type Mutation } from '../fixtures/run-builder.js';
import { runModel, type RunModel } from '../fixtures/run-model.js';
import { writeSqliteRun } from '../fixtures/sqlite-run.js';

const STEPS = 'steps.jsonl.gz';
const SECOND = 'steps.part0001.jsonl.gz';
const EPISODES = 'episodes.jsonl.gz';

/** A run of five episodes with 6, 6, 5, 6 and 6 steps, without a manifest. */
const killed = (change: Mutation): Promise<string> => buildRun({ ...change, withoutManifest: true }, 5);

const findingsOf = async (path: string) =>
  (await validateRun(path)).findings.map(({ code, file, message }) => [code, file, message]);

const UNFINISHED = [
  'unfinished',
  null,
  'there is no manifest.json: the run is not finished (it was killed, or failed)',
];
const behind = (whole: string, follow: string) => [
  'unfinished-end',
  null,
  `behind ${whole} follow ${follow}`,
];

/** The steps' lines in two parts: the first two episodes, and the others. */
function inParts(files: Map<string, Buffer>, [first, second]: [string[], string[]]): void {
  files.set(STEPS, bgzf(first)).set(SECOND, bgzf(second));
}

/** Cuts the steps in two parts and changes one of them. */
function parts(name: string, change: (data: Buffer) => Buffer): Mutation {
  let lines: [string[], string[]];
  return {
    lines: ({ steps }) => (lines = [steps.slice(0, 12), steps.slice(12)]),
    files(files) {
      inParts(files, lines);
      files.set(name, change(files.get(name)!));
    },
  };
}

const withoutEnd = (data: Buffer): Buffer => data.subarray(0, -END_BLOCK.length);
const lastRecords =
  (count: number) =>
  ({ episodes }: RunModel): void =>
    void episodes.splice(-count);

describe('a run that was killed is unfinished, which says all of', () => {
  it('streams without end block', async () => {
    const path = await killed({
      files(files) {
        for (const name of [STEPS, EPISODES]) files.set(name, withoutEnd(files.get(name)!));
      },
    });
    expect(await findingsOf(path)).toEqual([UNFINISHED]);
  });

  it('a last part cut within a block', async () => {
    const path = await killed(parts(SECOND, (data) => data.subarray(0, -END_BLOCK.length - 3)));
    expect(await findingsOf(path)).toEqual([
      UNFINISHED,
      behind('4 whole episodes with 23 steps', '1 record whose steps are not all there'),
    ]);
  });

  it('a last part cut within a line that spans blocks', async () => {
    const path = await killed({
      lines: ({ steps }) => void steps.splice(25),
      files: (files) => files.set(STEPS, Buffer.concat([withoutEnd(files.get(STEPS)!), bgzfBlock('{"sch')])),
    });
    expect(await findingsOf(path)).toEqual([
      UNFINISHED,
      behind('4 whole episodes with 23 steps', '1 record whose steps are not all there'),
    ]);
  });

  it('a last part of which nothing is on disk', async () => {
    const path = await killed(parts(SECOND, () => Buffer.alloc(0)));
    expect(await findingsOf(path)).toEqual([
      UNFINISHED,
      behind('2 whole episodes with 12 steps', '3 records whose steps are not all there'),
    ]);
  });

  it.each([
    [1, '4 whole episodes with 23 steps', '6 steps of an episode without a record'],
    [3, '2 whole episodes with 12 steps', '17 steps of 3 episodes without a record'],
    [5, '0 whole episodes with 0 steps', '29 steps of 5 episodes without a record'],
  ])('%d last episodes without a record', async (count, whole, follow) => {
    const model = lastRecords(count);
    expect(await findingsOf(await killed({ model }))).toEqual([UNFINISHED, behind(whole, follow)]);
  });

  it('last episodes without a record in SQLite', async () => {
    const path = await killed({ files: (files) => files.clear() });
    const model = runModel(5);
    lastRecords(3)(model);
    await writeSqliteRun(path, model);
    expect(await findingsOf(path)).toEqual([
      UNFINISHED,
      behind('2 whole episodes with 12 steps', '17 steps of 3 episodes without a record'),
    ]);
  });

  it('a first Parquet part of which only the steps have their name', async () => {
    const path = await killed({ parquet: true, files: (files) => files.clear() });
    const name = join(path, 'episodes.parquet');
    renameSync(name, `${name}.tmp`);
    expect((await findingsOf(path)).filter(([code]) => code !== 'file-leftover')).toEqual([
      UNFINISHED,
      behind('0 whole episodes with 0 steps', '29 steps of 5 episodes without a record'),
    ]);
  });
});

describe('a run that was killed has errors before its end, too', () => {
  it.each([
    ['cut within a block', 'gzip-truncated', (data: Buffer) => data.subarray(0, -END_BLOCK.length - 3)],
    ['without its end block', 'gzip-unfinished', withoutEnd],
  ])('the first of two parts %s', async (_, code, change) => {
    const found = await findingsOf(await killed(parts(STEPS, change)));
    expect(found).toEqual([UNFINISHED, [code, STEPS, expect.any(String)]]);
  });

  it('a part that is missing', async () => {
    const path = await killed(parts(SECOND, (data) => data));
    renameSync(join(path, SECOND), join(path, 'steps.part0002.jsonl.gz'));
    expect((await findingsOf(path)).slice(0, 2)).toEqual([
      ['part-missing', SECOND, 'part 1 is missing'],
      UNFINISHED,
    ]);
  });

  it('a first Parquet part that is missing', async () => {
    const path = await killed({ parquet: true, files: (files) => files.clear() });
    rmSync(join(path, 'episodes.parquet'));
    expect((await findingsOf(path)).map(([code]) => code)).toContain('file-missing');
  });

  it('an episode in the middle without a record', async () => {
    const path = await killed({ model: ({ episodes }) => void episodes.splice(1, 1) });
    expect(await findingsOf(path)).toEqual([
      UNFINISHED,
      ['episode-without-record', STEPS, 'ep-000002 has steps but no episode record'],
    ]);
  });

  it('an episode in the middle without a record, before others that end the run', async () => {
    const path = await killed({ model: ({ episodes }) => void (episodes.pop(), episodes.splice(1, 1)) });
    expect(await findingsOf(path)).toEqual([
      UNFINISHED,
      ['episode-without-record', STEPS, 'ep-000002 has steps but no episode record'],
      behind('3 whole episodes with 17 steps', '6 steps of an episode without a record'),
    ]);
  });

  it('a step that is missing, also among those without a record', async () => {
    for (const [at, episode] of [
      [7, 'ep-000002'],
      [25, 'ep-000005'],
    ] as const) {
      const model = (run: RunModel): void => {
        lastRecords(1)(run);
        run.steps.splice(at, 1);
      };
      expect(await findingsOf(await killed({ model }))).toContainEqual([
        'step-order',
        STEPS,
        expect.stringContaining(`${episode}: expected step`),
      ]);
    }
  });
});

it('a run that is being captured says so, and nothing of its end', async () => {
  const path = await killed({
    model: lastRecords(3),
    files: (files) => files.set(STEPS, withoutEnd(files.get(STEPS)!)),
  });
  await lockRun(path, 'capturing');
  const writer = `process ${process.pid} on ${hostname()} is capturing it`;
  expect(await findingsOf(path)).toEqual([
    ['unfinished', null, `there is no manifest.json: the run is not finished (${writer})`],
  ]);
});

it('a finished run may not end like that', async () => {
  const path = await buildRun({ status: 'aborted', model: lastRecords(3) }, 5);
  const found = (await validateRun(path)).findings.map(({ code }) => code);
  expect(found).toEqual(['episode-without-record', 'episode-without-record']);
});
