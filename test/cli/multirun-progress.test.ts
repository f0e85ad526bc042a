import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CheckProgress } from '../../src/cli/multirun-progress.js';

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => vi.useRealTimers());

/** What is printed while 20,000 jobs are checked, 10 ms each hundred. */
function shown(isTTY: boolean, columns = 80): string {
  const stream = Object.assign(new PassThrough(), { isTTY, columns });
  const progress = new CheckProgress(stream as unknown as NodeJS.WriteStream, 20_000);
  for (let done = 0; done < 20_000; done += 100) {
    progress.update(done);
    vi.advanceTimersByTime(10);
  }
  progress.end();
  return (stream.read() as Buffer | null)?.toString() ?? '';
}

it('counts the checked jobs on a terminal and is gone at the end', () => {
  const text = shown(true);
  expect(text).toContain('\rchecking 12,000/20,000 jobs\u001b[K');
  expect(text.match(/checking/g)).toHaveLength(19);
  expect(text).not.toContain('\n');
  expect(text.endsWith('\r\u001b[K')).toBe(true);
});

it('stays on one line of a narrow one', () => {
  expect(shown(true, 16)).toContain('\rchecking 12,000\u001b[K');
});

it('is silent elsewhere', () => {
  expect(shown(false)).toBe('');
});
