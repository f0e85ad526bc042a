import { existsSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { doPrune, preparePrune } from '../../src/prune/index.js';
import type { PolicySettings } from '../../src/prune/policy-schema.js';
import { findLogs } from '../../src/prune/runtime-logs.js';
import { newFolder } from '../fixtures/captured-run.js';
import { clock, DAY, makeRun, NOW, policy } from './runs.js';

let results: string;
let logs: string;
beforeEach(() => {
  results = newFolder();
  logs = newFolder();
});
function write(path: string, ageDays: number, bytes = 10): void {
  mkdirSync(dirname(join(logs, path)), { recursive: true });
  writeFileSync(join(logs, path), 'x'.repeat(bytes));
  const then = new Date(NOW - ageDays * DAY);
  utimesSync(join(logs, path), then, then);
}
const prepared = (more: PolicySettings) =>
  preparePrune(results, policy({ runtime_logs: logs, ...more }), clock);
const going = async (more: PolicySettings): Promise<string[]> =>
  (await prepared(more)).logs.map(({ path, reason }) => `${path}: ${reason}`);

describe('runtime logs', () => {
  it('go by age', async () => {
    write('a/old.log', 31);
    write('new.log', 29);
    expect(await going({ logs_max_age: '30d' })).toEqual(['a/old.log: logs-max-age 30d']);
    await doPrune(await prepared({ logs_max_age: '30d' }));
    expect([existsSync(join(logs, 'a/old.log')), existsSync(join(logs, 'new.log'))]).toEqual([false, true]);
  });

  it('go by size, the oldest first, but none that is likely to be written to', async () => {
    write('3.log', 3, 1000);
    write('2.log', 2, 1000);
    write('1.log', 1, 1000);
    write('now.log', 0, 1000);
    expect(await going({ logs_max_size: '2kB' })).toEqual([
      '3.log: oldest first for logs-max-size',
      '2.log: oldest first for logs-max-size',
    ]);
    expect(await going({ logs_max_size: '0B' })).toHaveLength(3);
  });

  it('are none in a run, or in a copy of one in a dataset', async () => {
    for (const name of ['run.json', 'DATASET_INDEX.json']) {
      for (const file of [name, 'steps.jsonl.gz', 'deep/more.txt']) write(`${name}-of/x/run-1/${file}`, 1000);
    }
    write('x/old.log', 1000);
    expect(await going({ logs_max_age: '30d' })).toEqual(['x/old.log: logs-max-age 30d']);
  });

  it('are never the seeds of scenes, nor what lies behind a link', async () => {
    for (const name of [
      'scenes.jsonl',
      'deep/scenes.jsonl.gz',
      'scenes.part0001.jsonl',
      'scenes.jsonl.part1.gz',
      'scenes.jsonl.1',
    ])
      write(name, 1000);
    const elsewhere = newFolder();
    writeFileSync(join(elsewhere, 'precious'), '');
    symlinkSync(elsewhere, join(logs, 'linked'));
    symlinkSync(join(elsewhere, 'precious'), join(logs, 'link.log'));
    expect(await findLogs(logs)).toEqual([]);
    expect(await going({ logs_max_size: '0B', logs_max_age: '1s' })).toEqual([]);
  });

  it('that were written to since the plan stay', async () => {
    write('old.log', 31);
    const prune = await prepared({ logs_max_age: '30d' });
    write('old.log', 30.5);
    expect(await doPrune(prune)).toMatchObject([
      { outcome: 'kept', reason: expect.stringContaining('written to since') },
    ]);
  });

  it.each<[string, () => PolicySettings, RegExp]>([
    [
      'lie in the results',
      () => ({ runtime_logs: join(results, 'x') }),
      /^--runtime-logs .* lies in the results folder/,
    ],
    [
      'hold the results',
      () => ({ runtime_logs: dirname(results) }),
      /^the results folder .* lies in --runtime-logs/,
    ],
    ['hold everything', () => ({ runtime_logs: '/' }), /^the results folder .* lies in --runtime-logs/],
    [
      'hold the archive',
      () => ({ keep_last: 1, archive: join(logs, 'archive') }),
      /^--archive .* lies in --runtime-logs/,
    ],
    [
      'hold the dataset',
      () => ({ keep_last: 1, require_ingested: true, dataset: join(logs, 'd') }),
      /^--dataset .* lies in --runtime-logs/,
    ],
  ])('that %s are refused: runs would be taken for logs', async (_what, more, message) => {
    makeRun(results, 'demo', 'run-20260101-000000');
    await expect(prepared({ logs_max_age: '30d', ...more() })).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringMatching(message),
      hint: 'choose a folder outside',
    });
  });

  it.each([['missing'], ['a link'], ['a file']])('a folder that is %s is refused', async (what) => {
    const path = join(newFolder(), 'logs');
    if (what === 'a link') symlinkSync(logs, path);
    if (what === 'a file') writeFileSync(path, '');
    await expect(findLogs(path)).rejects.toMatchObject({
      kind: 'input',
      message: `${path} is not a folder of runtime logs`,
    });
  });
});
