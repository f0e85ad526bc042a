import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { preparePrune, doPrune, type Removal } from '../../src/prune/index.js';
import type { PolicySettings } from '../../src/prune/policy-schema.js';
import { setMark } from '../../src/catalog/marks.js';
import { capturedRun, contents, newFolder } from '../fixtures/captured-run.js';
import { clock, policy } from './runs.js';

const OLD = 'run-20260101-000000';

let results: string;
let archive: string;
let run: string;
beforeEach(async () => {
  results = newFolder();
  archive = join(newFolder(), 'archive');
  run = await capturedRun(results, [], OLD);
  await capturedRun(results, [], 'run-20260102-000000');
});

const prune = async (more: PolicySettings = {}): Promise<Removal[]> =>
  doPrune(await preparePrune(results, policy({ keep_last: 1, archive, ...more }), clock));
const copy = (): string => join(archive, 'demo', OLD);

/** The run is where it was, and the one decision says why. */
async function expectKept(why: string): Promise<void> {
  const before = contents(run);
  expect(await prune()).toEqual([
    {
      path: `demo/${OLD}`,
      outcome: expect.stringMatching(/failed|kept/),
      reason: expect.stringContaining(why),
    },
  ]);
  expect(contents(run)).toEqual(before);
}

describe('the archive', () => {
  it('holds a run byte for byte, what no manifest names too, before it goes', async () => {
    mkdirSync(join(run, 'notes'));
    writeFileSync(join(run, 'notes', 'mine.txt'), 'mine');
    const before = contents(run);
    expect(await prune()).toEqual([{ path: `demo/${OLD}`, outcome: 'archived', reason: null }]);
    expect(existsSync(run)).toBe(false);
    expect(contents(copy())).toEqual(before);
    expect(readdirSync(join(archive, 'demo'))).toEqual([OLD]);
  });

  it('that holds the same run already is compared, not written', async () => {
    mkdirSync(join(archive, 'demo'), { recursive: true });
    cpSync(run, copy(), { recursive: true });
    expect(await prune()).toMatchObject([{ outcome: 'archived' }]);
    expect(existsSync(run)).toBe(false);
  });

  it.each<[string, () => void, string]>([
    [
      'holds another run of that name',
      () => {
        cpSync(run, copy(), { recursive: true });
        appendFileSync(join(copy(), 'steps.jsonl.gz'), 'x');
      },
      'is not what the manifest of the run says',
    ],
    [
      'holds a part of it',
      () => {
        cpSync(run, copy(), { recursive: true });
        rmSync(join(copy(), 'steps.jsonl.gz'));
      },
      'no such file',
    ],
    [
      'is a link to the results',
      () => {
        mkdirSync(archive, { recursive: true });
        symlinkSync(join(results, 'demo'), join(archive, 'demo'));
      },
      'is no copy but',
    ],
    [
      'holds a link to the run',
      () => {
        mkdirSync(join(archive, 'demo'), { recursive: true });
        symlinkSync(run, copy());
      },
      'is no copy but',
    ],
    [
      'holds links to the files of the run',
      () => {
        mkdirSync(copy(), { recursive: true });
        for (const name of readdirSync(run)) symlinkSync(join(run, name), join(copy(), name));
      },
      'is no copy but',
    ],
    ['is a file', () => writeFileSync(archive, ''), 'a part of the path is a file'],
  ])('that %s: the run stays', async (_what, change, why) => {
    change();
    await expectKept(why);
  });

  it.each<[string, () => void, string]>([
    [
      'a file of it differs from the manifest',
      () => appendFileSync(join(run, 'steps.jsonl.gz'), 'x'),
      'is not what the manifest',
    ],
    ['a file of it is missing', () => rmSync(join(run, 'config.yaml')), 'config.yaml is missing'],
    ['a link lies in it', () => symlinkSync('/etc/hostname', join(run, 'linked')), 'cannot be archived'],
  ])('takes no run of which %s', async (_what, change, why) => {
    change();
    await expectKept(why);
    expect(existsSync(join(archive, 'demo')) ? readdirSync(join(archive, 'demo')) : []).toEqual([]);
  });

  it('is cleared of the copies that killed prunes were making, and of no others', async () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    const left = `.archiving-${gone}-0123abcd-${hostname()}`;
    const elsewhere = '.archiving-1-0123abcd-another-host';
    for (const name of [left, elsewhere]) mkdirSync(join(archive, 'demo', name), { recursive: true });
    await prune();
    expect(readdirSync(join(archive, 'demo')).sort()).toEqual([elsewhere, OLD]);
  });

  it('lies in no results folder, however it is called', async () => {
    const link = join(newFolder(), 'link');
    symlinkSync(results, link);
    for (const folder of [
      results,
      join(results, 'archive'),
      link,
      join(link, 'a', 'b'),
      `${results}/demo/../x`,
    ]) {
      await expect(prune({ archive: folder })).rejects.toMatchObject({
        kind: 'usage',
        message: expect.stringMatching(/^--archive .* lies in the results folder /),
        hint: 'choose a folder outside',
      });
    }
    // one beside it with a longer name is outside
    expect(await prune({ archive: `${results}-archive` })).toMatchObject([{ outcome: 'archived' }]);
  });
});

describe('--archive-tag', () => {
  const named = { experiment: 'demo', runId: OLD };
  const at = '2026-01-01T00:00:00Z';

  it('sends the runs with that tag there, which then may go; the others go without', async () => {
    const other = await capturedRun(results, [], 'run-20251231-000000');
    await setMark(results, named, 'tag=paper', { at });
    const removals = await prune({ archive_tag: ['paper'] });
    expect(removals.map(({ path, outcome }) => [path, outcome])).toEqual([
      [`demo/${OLD}`, 'archived'],
      ['demo/run-20251231-000000', 'removed'],
    ]);
    expect(existsSync(other)).toBe(false);
    expect(readdirSync(join(archive, 'demo'))).toEqual([OLD]);
  });

  it('sends no run there that has another tag as well', async () => {
    await setMark(results, named, 'tag=paper', { at });
    await setMark(results, named, 'tag=keep', { at });
    expect(await prune({ archive_tag: ['paper'] })).toEqual([]);
    expect(existsSync(run)).toBe(true);
  });
});

it('a copy in the archive is a run that show and validate read', async () => {
  await prune();
  const back = join(newFolder(), 'demo');
  mkdirSync(back);
  renameSync(copy(), join(back, OLD));
  const { inspectRun } = await import('../../src/catalog/inspect.js');
  expect(await inspectRun(join(back, '..'), { experiment: 'demo', runId: OLD })).toMatchObject({
    run_id: OLD,
  });
});
