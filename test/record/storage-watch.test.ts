import { mkdirSync, mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { totalBytes } from '../../src/core/artifact-kinds.js';
import { CaptureError } from '../../src/core/errors.js';
import type { DiskSpace } from '../../src/io/disk-space.js';
import { ResultsWalk } from '../../src/io/measure-results.js';
import { storageWatchSchema, type StorageWatchConfig } from '../../src/record/storage-config.js';
import { StorageWatch } from '../../src/record/storage-watch.js';

const DISK = 1e12;

/** A watch over a folder of its own, and what it has said. `disk.share` is what is free, null when nobody knows. */
function watching(config: Partial<StorageWatchConfig> = {}) {
  const output = mkdtempSync(join(tmpdir(), 'watch-'));
  const old = join(output, 'demo/run-20260101-000000');
  const run = join(output, 'demo/run-20260101-000001');
  for (const folder of [old, run]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(old, 'steps.jsonl.gz'), Buffer.alloc(1000));
  const disk: { share: number | null } = { share: 0.5 };
  const time = { ms: 0 };
  const said: unknown[] = [];
  const percent = ({ share }: DiskSpace): number => Math.round(share * 1000) / 10;
  const watch = new StorageWatch(
    output,
    { ...storageWatchSchema.parse({}), ...config },
    {
      clock: { monotonic: () => time.ms },
      diskSpace(folder) {
        expect(folder).toBe(output);
        if (disk.share === null) throw new CaptureError('io', 'no figures');
        return { free: disk.share * DISK, total: DISK, share: disk.share };
      },
      onLow: (space) => said.push(['low', percent(space)]),
      onLarge: (over, results) => said.push(['large', over, totalBytes(results)]),
      onNoSpace: (message) => said.push(['unknown', message]),
      onUnread: ({ unread }) => said.push(['unread', unread]),
      onStatistics: ({ episodes, space, results }) =>
        said.push(['told', episodes, space && percent(space), results && totalBytes(results)]),
      onStop: (space) => said.push(['stop', percent(space)]),
    },
  );
  /** What was said since the last time. */
  const news = (): unknown[] => said.splice(0);
  /** The run's files grow to so many bytes. */
  const record = (bytes: number, name = 'steps.jsonl.gz'): void => {
    writeFileSync(join(run, name), '', { flag: 'a' });
    truncateSync(join(run, name), bytes);
  };
  return { watch, run, output, disk, time, news, record };
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());
/** Lets the results be measured. */
const measured = (): void => void vi.runAllTimers();

describe('free space', () => {
  it('that is low is said once, at the start', () => {
    const { watch, run, disk, news } = watching({ stats_interval: 10 });
    disk.share = 0.153;
    expect(watch.begin(run)).toBe(null);
    expect(news()).toEqual([['low', 15.3]]);
    for (const episodes of [10, 20, 30]) watch.update(episodes);
    expect(news()).toEqual([]);
  });

  it('is looked at every interval, and said again when it was enough in between', () => {
    const { watch, run, disk, news } = watching({ stats_interval: 10 });
    watch.begin(run);
    disk.share = 0.19;
    watch.update(9);
    expect(news()).toEqual([]);
    watch.update(10);
    expect(news()).toEqual([['low', 19]]);
    // around the threshold it is the same crossing
    disk.share = 0.201;
    watch.update(20);
    disk.share = 0.199;
    watch.update(30);
    expect(news()).toEqual([]);
    disk.share = 0.3;
    watch.update(40);
    disk.share = 0.1;
    watch.update(50);
    expect(news()).toEqual([['low', 10]]);
  });

  it('is never low with a threshold of 0', () => {
    const { watch, run, disk, news } = watching({ disk_free_threshold: 0 });
    disk.share = 0;
    expect(watch.begin(run)).toBe(null);
    expect(news()).toEqual([]);
  });

  it('that is not known is said once, and ends nothing', () => {
    const { watch, run, disk, news } = watching({ stats_interval: 1, stop_below_free: 0.9 });
    disk.share = null;
    expect(watch.begin(run)).toBe(null);
    measured();
    watch.update(1);
    watch.update(2);
    expect(news()).toEqual([
      ['unknown', 'no figures'],
      ['told', 1, null, 1000],
    ]);
  });
});

describe('stop_below_free', () => {
  it('refuses to begin where there is less', () => {
    const { watch, run, disk } = watching({ stop_below_free: 0.05 });
    disk.share = 0.049;
    expect(watch.begin(run)).toEqual({ free: 0.049 * DISK, total: DISK, share: 0.049 });
    disk.share = 0.05;
    expect(watch.begin(run)).toBe(null);
  });

  it('is looked at between intervals, too, and asks for an end once', () => {
    const { watch, run, disk, news } = watching({ stop_below_free: 0.05, disk_free_threshold: 0 });
    watch.begin(run);
    watch.update(1);
    expect(news()).toEqual([]);
    disk.share = 0.0499;
    watch.update(1);
    watch.update(2);
    expect(news()).toEqual([['stop', 5]]);
  });

  it('is not looked at when nobody asked for it', () => {
    const { watch, run, disk, news } = watching({ disk_free_threshold: 0 });
    watch.begin(run);
    disk.share = 0;
    watch.update(1);
    expect(news()).toEqual([]);
  });
});

describe('statistics', () => {
  it('come every interval, with what the run has until then', () => {
    const { watch, run, time, news, record } = watching();
    watch.begin(run);
    measured();
    record(50);
    watch.update(99);
    expect(news()).toEqual([]);
    watch.update(104);
    expect(news()).toEqual([['told', 104, 50, 1050]]);
    record(70);
    time.ms = 5000;
    watch.update(199);
    expect(news()).toEqual([]);
    watch.update(200);
    expect(news()).toEqual([['told', 200, 50, 1070]]);
    record(90);
    watch.end(210);
    expect(news()).toEqual([['told', 210, 50, 1090]]);
  });

  it('come at most every five seconds', () => {
    const { watch, run, time, news } = watching({ stats_interval: 1 });
    watch.begin(run);
    measured();
    for (let episodes = 1; episodes <= 100; episodes++) {
      time.ms += 100;
      watch.update(episodes);
    }
    expect(news()).toEqual([
      ['told', 1, 50, 1000],
      ['told', 51, 50, 1000],
    ]);
  });

  it('wait until the results are measured', () => {
    const { watch, run, news } = watching();
    watch.begin(run);
    watch.update(100);
    watch.update(101);
    expect(news()).toEqual([]);
    measured();
    watch.update(102);
    watch.update(103);
    expect(news()).toEqual([['told', 102, 50, 1000]]);
  });

  it('come at the end where an interval is over, however quickly it went', () => {
    const { watch, run, news } = watching();
    watch.begin(run);
    watch.end(100);
    expect(news()).toEqual([['told', 100, 50, 1000]]);
  });

  it('do not come for a short capture, or one that was never begun', () => {
    const { watch, run, news } = watching();
    watch.end(100);
    watch.begin(run);
    watch.update(98);
    watch.end(99);
    watch.stop();
    expect(news()).toEqual([]);
  });

  it('of a run that goes on come with its next interval', () => {
    const { watch, run, news } = watching();
    watch.begin(run, 250);
    measured();
    watch.update(251);
    watch.update(299);
    expect(news()).toEqual([]);
    watch.update(300);
    expect(news()).toEqual([['told', 300, 50, 1000]]);
  });
});

describe('sizes', () => {
  it('above max_gb are said once, when they are measured', () => {
    const { watch, run, news } = watching({ max_gb: 900e-9, stats_interval: 1 });
    watch.begin(run);
    expect(news()).toEqual([]);
    measured();
    expect(news()).toEqual([['large', ['results', 'steps'], 1000]]);
    watch.update(1);
    expect(news()).toEqual([['told', 1, 50, 1000]]);
  });

  it('of each kind are said when they cross it', () => {
    const { watch, run, time, news, record } = watching({ max_gb: 1500e-9, stats_interval: 1 });
    watch.begin(run);
    measured();
    record(400, 'steps.parquet');
    watch.update(1);
    expect(news()).toEqual([['told', 1, 50, 1400]]);
    record(600, 'steps.parquet');
    time.ms = 5000;
    watch.update(2);
    expect(news()).toEqual([
      ['large', ['results'], 1600],
      ['told', 2, 50, 1600],
    ]);
    record(1501, 'steps.parquet');
    time.ms = 10_000;
    watch.update(3);
    expect(news()).toEqual([
      ['large', ['parquet'], 2501],
      ['told', 3, 50, 2501],
    ]);
  });

  it('are never too large with null', () => {
    const { watch, run, news } = watching({ max_gb: null });
    watch.begin(run);
    measured();
    expect(news()).toEqual([]);
  });

  it('are those of a fresh walk, with several runs and some that are over', () => {
    const { watch, run, output, record } = watching();
    const other = join(output, 'demo/run-20260101-000002');
    watch.begin(run);
    expect(watch.results()).toBe(null);
    // another run begins, and both record, while the results are being measured
    mkdirSync(join(other, 'rejected_samples'), { recursive: true });
    watch.begin(other);
    writeFileSync(join(other, 'rejected_samples', 'a.gz'), Buffer.alloc(5));
    record(300);
    measured();
    record(500);
    record(20, 'run.lock');
    watch.endRun(run);
    writeFileSync(join(other, 'episodes.jsonl.gz'), Buffer.alloc(50));
    const fresh = new ResultsWalk(output).advance(Infinity)!.sizes;
    expect(totalBytes(fresh)).toBe(1555);
    expect(watch.results()).toEqual(fresh);
  });
});
