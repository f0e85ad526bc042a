import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLedger } from '../../src/sweep/ledger-file.js';
import { openSession } from '../../src/sweep/session.js';

const folder = (): string => mkdtempSync(join(tmpdir(), 'session-'));
const started = { job: 1, status: 'started', run_dir: 'r' } as const;

/** Notes a session of another process, which took the sweep before. */
function noteSession(directory: string, pid: number, host = hostname()): void {
  const entry = { session: `s${pid}`, status: 'opened', pid, host, since: '2026-01-01T00:00:00Z' };
  appendFileSync(join(directory, 'jobs.jsonl'), `${JSON.stringify(entry)}\n`);
}

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '0']);
  await once(child, 'exit');
  return child.pid!;
}

describe('openSession', () => {
  it('appends, gives what was there before, and lets go', async () => {
    const directory = folder();
    const first = await openSession(directory);
    await first.append(started);
    await first.close();
    const second = await openSession(directory);
    expect(second.entries.map(({ status }) => status)).toEqual(['opened', 'started', 'closed', 'opened']);
    await second.close();
  });

  it('is refused while another holds the sweep, who is named', async () => {
    const directory = folder();
    noteSession(directory, process.ppid);
    await expect(openSession(directory)).rejects.toMatchObject({
      kind: 'busy',
      message: `${directory} is being run by process ${process.ppid} on ${hostname()} since 2026-01-01T00:00:00Z`,
    });
  });

  it('of ten that come at once gives it to one', async () => {
    const directory = folder();
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => openSession(directory)));
    const held = outcomes.filter(({ status }) => status === 'fulfilled');
    expect(held).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ kind: 'busy' });
    }
  });

  it('takes what a killed process held, and what a process had that was given our pid', async () => {
    const directory = folder();
    noteSession(directory, await deadPid());
    noteSession(directory, process.pid);
    await (await openSession(directory)).close();
  });

  it('cannot know of another machine, and says what to do when that is gone', async () => {
    const directory = folder();
    noteSession(directory, 1, 'node-17');
    await expect(openSession(directory)).rejects.toMatchObject({
      kind: 'busy',
      message: expect.stringContaining('process 1 on node-17'),
      hint: expect.stringContaining(`remove the line with s1 from ${directory}/jobs.jsonl`),
    });
  });

  it('goes on after a torn line, on a line of its own', async () => {
    const directory = folder();
    await (await openSession(directory)).append(started);
    appendFileSync(join(directory, 'jobs.jsonl'), '{"job":1,"status":"comp');
    // refused, since the first is still open, but not without a word in the ledger
    await expect(openSession(directory)).rejects.toMatchObject({ kind: 'busy' });
    expect((await readLedger(directory)).map(({ status }) => status)).toEqual([
      'opened',
      'started',
      'opened',
      'closed',
    ]);
    expect(readFileSync(join(directory, 'jobs.jsonl'), 'utf8')).toContain('"comp\n{"session"');
  });

  it('says what the disk says', async () => {
    const directory = folder();
    mkdirSync(join(directory, 'jobs.jsonl'));
    await expect(openSession(directory)).rejects.toMatchObject({
      kind: 'io',
      message: expect.stringContaining('jobs.jsonl'),
    });
  });
});

it('names the line of a ledger that is damaged', async () => {
  const directory = folder();
  appendFileSync(join(directory, 'jobs.jsonl'), 'nonsense\n{"job":1,"status":"started","run_dir":"r"}\n');
  await expect(readLedger(directory)).rejects.toMatchObject({
    kind: 'input',
    message: `${directory}/jobs.jsonl: line 1 is damaged`,
  });
});
