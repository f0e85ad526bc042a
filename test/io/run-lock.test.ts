import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  livenessOf,
  processExists,
  thisProcess,
  type ProcessIdentity,
} from '../../src/io/process-identity.js';
import { lockRun, runHolder, unlockRun, whenHeld } from '../../src/io/run-lock.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'plume-lock-'));
});
afterEach(() => rm(directory, { recursive: true }));

const lock = (): string => join(directory, 'run.lock');
const writeLock = (content: object): Promise<void> => writeFile(lock(), JSON.stringify(content));

/** The number of a process that has ended. */
const endedPid = (): number => spawnSync(process.execPath, ['-e', '0']).pid;

const local = {
  host: 'lab',
  machine: 'a machine',
  boot: 'a boot',
  namespace: 'pid:[1]',
};
const other: ProcessIdentity = { ...local, pid: 0, started: null };

describe('a run that is locked', () => {
  it('is held by the process that locked it, and by nobody once it is unlocked', async () => {
    await lockRun(directory, 'capturing');
    expect(await runHolder(directory)).toMatchObject({ pid: process.pid, liveness: 'running' });
    await unlockRun(directory);
    expect(await runHolder(directory)).toBeNull();
  });

  it('says in its lock who it is', async () => {
    await lockRun(directory, 'capturing');
    expect(JSON.parse(await readFile(lock(), 'utf8'))).toEqual({
      ...thisProcess(),
      doing: 'capturing',
      since: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
    });
  });

  it('cannot be locked again', async () => {
    await lockRun(directory, 'capturing');
    await expect(lockRun(directory, 'recovering')).rejects.toThrow(/is capturing it/);
  });

  it('clears the locks that processes have begun to make and were killed', async () => {
    const waiting = '.run.lock.00000003.tmp';
    const gone = JSON.stringify({ ...thisProcess(), pid: endedPid(), since: '' });
    await writeFile(join(directory, '.run.lock.00000001.tmp'), gone);
    await writeFile(join(directory, '.run.lock.00000002.tmp'), gone.slice(0, 20));
    await writeFile(join(directory, waiting), JSON.stringify({ ...thisProcess(), since: '' }));
    await lockRun(directory, 'capturing');
    expect(readdirSync(directory).sort()).toEqual([waiting, 'run.lock']);
  });

  it('is taken over from a process that is gone, one claim at a time', async () => {
    await writeLock({ ...thisProcess(), pid: endedPid(), since: '' });
    // of one that was killed while it took over
    await writeFile(join(directory, 'run.lock.1'), JSON.stringify({ ...thisProcess(), pid: endedPid() }));
    await lockRun(directory, 'recovering');
    expect(readdirSync(directory)).toEqual(['run.lock']);
    expect(await runHolder(directory)).toMatchObject({ pid: process.pid, doing: 'recovering' });
  });

  it('is waited for when it is held for a moment only', async () => {
    await lockRun(directory, 'ingesting');
    const second = lockRun(directory, 'removing');
    await setTimeout(150);
    await unlockRun(directory);
    await second;
    expect(await runHolder(directory)).toMatchObject({ doing: 'removing' });
  });

  it.each([false, true])('has one holder at a time, whoever wants it (a stale lock: %s)', async (stale) => {
    if (stale) await writeLock({ ...thisProcess(), pid: endedPid(), since: '' });
    let inside = 0;
    let most = 0;
    const turn = async (): Promise<void> => {
      await lockRun(directory, 'ingesting');
      most = Math.max(most, ++inside);
      await setTimeout(2);
      inside--;
      await unlockRun(directory);
    };
    await Promise.all(Array.from({ length: 12 }, turn));
    expect(most).toBe(1);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is held by nobody when the process is gone', async () => {
    await writeLock({ ...thisProcess(), pid: endedPid(), since: '' });
    expect(await runHolder(directory)).toBeNull();
  });

  it('is held as locks of earlier versions say, which have less in them', async () => {
    const { host } = thisProcess();
    await writeLock({ pid: process.pid, host, since: '2026-11-21T12:00:00.000Z' });
    expect(await runHolder(directory)).toMatchObject({ pid: process.pid, liveness: 'running' });
    await writeLock({ pid: endedPid(), host, since: '2026-11-21T12:00:00.000Z' });
    expect(await runHolder(directory)).toBeNull();
  });

  it('is held when the lock is of another machine, and says the way out', async () => {
    await writeLock({ ...thisProcess(), host: 'node17', pid: endedPid() });
    const holder = await runHolder(directory);
    expect(holder).toMatchObject({ host: 'node17', liveness: 'unknown' });
    expect(whenHeld(directory, holder!)).toContain(`remove ${lock()}`);
  });

  it.each(['', '{"pid": 12', '[]', '{"pid": "x", "host": "lab"}'])(
    'is held when its lock is %j',
    async (text) => {
      await writeFile(lock(), text);
      expect(await runHolder(directory)).toMatchObject({ liveness: 'unknown' });
    },
  );
});

describe('a process that once said who it was', () => {
  it.skipIf(!existsSync('/proc/self/stat'))('is gone when its number is now that of a later one', () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
    try {
      const now = { ...thisProcess(), pid: child.pid! };
      expect(livenessOf({ ...now, started: now.started! - 1 })).toBe('gone');
      expect(livenessOf({ ...now, started: null })).toBe('running');
    } finally {
      child.kill('SIGKILL');
    }
  });

  it.skipIf(!existsSync('/proc/self/stat'))('is gone when nobody has taken note of its end', async () => {
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60']);
    try {
      const pid = Number(await new Promise<Buffer>((resolve) => parent.stdout.once('data', resolve)));
      const ended = (): boolean => livenessOf({ ...thisProcess(), pid, started: null }) === 'gone';
      await expect.poll(ended).toBe(true);
      expect(processExists(pid)).toBe(true);
    } finally {
      parent.kill('SIGKILL');
    }
  });

  it('runs as long as it does', () => {
    expect(livenessOf(thisProcess())).toBe('running');
  });

  it('is gone when the system has been started again, whatever has its number', () => {
    expect(livenessOf({ ...other, pid: process.pid, boot: 'another boot' }, local)).toBe('gone');
  });

  it.each([
    ['is of a host of another name', { host: 'node17' }, local],
    ['is of another machine of that name', { machine: 'another machine' }, local],
    ['has numbers of its own, as in a container', { namespace: 'pid:[2]' }, local],
    ['is of another boot, of who knows which machine', { boot: 'another', machine: null }, local],
    [
      'is of another boot, and here nobody knows the machine',
      { boot: 'another' },
      { ...local, machine: null },
    ],
  ])('may run when it %s', (_, said, here) => {
    expect(livenessOf({ ...other, pid: endedPid(), ...said }, here)).toBe('unknown');
  });
});
