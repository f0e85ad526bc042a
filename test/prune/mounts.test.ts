import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { doPrune, preparePrune } from '../../src/prune/index.js';
import type { PolicySettings } from '../../src/prune/policy-schema.js';
import { needed } from '../faults/needed-tool.js';
import { newFolder } from '../fixtures/captured-run.js';
import { clock, makeRun, policy } from './runs.js';

const TRY = 'd=$(mktemp -d) && mount -t tmpfs -o size=64k tmpfs "$d" && umount "$d" && rmdir "$d"';
const tmpfs = needed('sh', ['-c', TRY]);

describe.skipIf(!tmpfs.works)(`another file system (${tmpfs.reason})`, () => {
  let results: string;
  let run: string;
  const mounted: string[] = [];
  beforeEach(() => {
    results = newFolder();
    run = makeRun(results, 'demo', 'run-20260101-000000');
    makeRun(results, 'demo', 'run-20260102-000000', { endedAt: '2026-01-02T00:00:00Z' });
  });
  afterEach(() => {
    for (const path of mounted.splice(0)) execFileSync('umount', [path]);
  });
  const mountAt = (path: string): void => {
    mkdirSync(path, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', path]);
    mounted.push(path);
  };
  const prune = async (more: PolicySettings = {}) =>
    doPrune(await preparePrune(results, policy({ keep_last: 1, ...more }), clock));

  it('mounted in a run is not emptied: the run stays', async () => {
    mountAt(join(run, 'inner', 'mounted'));
    writeFileSync(join(run, 'inner', 'mounted', 'precious'), '');
    expect(await prune()).toEqual([
      {
        path: 'demo/run-20260101-000000',
        outcome: 'kept',
        reason: expect.stringContaining('another file system'),
      },
    ]);
    expect(readdirSync(join(run, 'inner', 'mounted'))).toEqual(['precious']);
  });

  it('mounted as the trash: one clear error', async () => {
    mountAt(join(results, '.trash'));
    await expect(prune()).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining('on another file system'),
    });
    expect(existsSync(run)).toBe(true);
  });

  it('holds an archive; where that is full the run stays, and no part of a copy', async () => {
    const archive = newFolder();
    mountAt(archive);
    writeFileSync(join(run, 'large'), Buffer.alloc(200_000));
    expect(await prune({ archive })).toMatchObject([
      { outcome: 'failed', reason: expect.stringContaining('no space left on the device') },
    ]);
    expect(existsSync(join(run, 'large'))).toBe(true);
    expect(readdirSync(join(archive, 'demo'))).toEqual([]);
    writeFileSync(join(run, 'large'), '');
    expect(await prune({ archive })).toMatchObject([{ outcome: 'archived' }]);
    expect(readdirSync(join(archive, 'demo'))).toEqual(['run-20260101-000000']);
  });
});
