import { describe, expect, it } from 'vitest';
import { historyOf, isDone, parseLedger, type JobResult, type LedgerEntry } from '../../src/sweep/ledger.js';

const opened: LedgerEntry = {
  session: 's',
  status: 'opened',
  pid: 7,
  host: 'h',
  since: '2026-01-01T00:00:00Z',
};
const started = (job: number, runDir = `r/${job}`): LedgerEntry => ({
  job,
  status: 'started',
  run_dir: runDir,
});
const ended = (job: number, status: JobResult['status'] = 'complete'): JobResult => ({
  job,
  status,
  run_dir: `r/${job}`,
  counts: { episodes: 1, steps: 2 },
  outcome: { terminated: 1, mean_return: -0.5, mean_steps: 2 },
  elapsed_ms: 3,
  content_digest: 'd',
  error: null,
});
const text = (...entries: LedgerEntry[]): string =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');

describe('parseLedger', () => {
  it('gives the entries back as they were written', () => {
    const entries = [opened, started(1), ended(1), { session: 's', status: 'closed' } as const];
    expect(parseLedger(text(...entries))).toEqual(entries);
  });

  it('passes over several torn lines in a row, each of a process that was killed as it took the sweep', () => {
    const torn = text(opened).slice(0, 10);
    expect(parseLedger(`${torn}\n${torn}\n${text(opened)}`)).toEqual([opened]);
    expect(() => parseLedger(`${torn}\n${torn}\n${text(ended(1))}`)).toThrow('line 1 is damaged');
  });

  it('passes over a line torn at any place, the last or before another session', () => {
    const whole = text(opened, started(1));
    const torn = text(ended(1)).slice(0, -1);
    for (let length = 0; length < torn.length; length++) {
      const cut = whole + torn.slice(0, length);
      expect(parseLedger(cut)).toEqual([opened, started(1)]);
      expect(parseLedger(`${cut}\n${text(opened, started(2))}`)).toEqual([
        opened,
        started(1),
        opened,
        started(2),
      ]);
    }
  });

  it('refuses damage anywhere else and names the line', () => {
    expect(() => parseLedger(`${text(opened)}{"job":1,"sta\n${text(ended(2))}`)).toThrow('line 2 is damaged');
    const foreign = `${text(opened)}{"job":1,"status":"done"}\n${text(started(2))}`;
    expect(() => parseLedger(foreign)).toThrow('line 2 is damaged');
  });
});

describe('historyOf', () => {
  it('knows how each job ended the last time', () => {
    const history = historyOf([opened, started(1), ended(1), started(2), ended(2, 'failed'), started(3)]);
    expect(history.get(1)).toEqual({ result: ended(1), lastRunDir: 'r/1' });
    expect(history.get(2)?.result?.status).toBe('failed');
    expect(history.get(3)).toEqual({ result: null, lastRunDir: 'r/3' });
    expect(history.get(4)).toBeUndefined();
  });

  it('forgets an end once the job has started again', () => {
    const history = historyOf([started(1), ended(1, 'aborted'), opened, started(1, 'r/again')]);
    expect(history.get(1)).toEqual({ result: null, lastRunDir: 'r/again' });
  });
});

it.each([
  ['complete', true],
  ['findings', true],
  ['aborted', false],
  ['failed', false],
] as const)('a job that is %s is done: %s', (status, done) => {
  expect(isDone(ended(1, status))).toBe(done);
});

it('a job nobody knows of is not done', () => {
  expect(isDone(undefined)).toBe(false);
});
