import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProgressDisplay } from '../../src/cli/progress.js';

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => vi.useRealTimers());

/** What a display prints when it is updated every 50 ms of 12 seconds. */
function shown(isTTY: boolean, columns = 100): string {
  const stream = Object.assign(new PassThrough(), { isTTY, columns });
  const display = new ProgressDisplay(stream as unknown as NodeJS.WriteStream);
  for (let i = 1; i <= 240; i++) {
    vi.advanceTimersByTime(50);
    display.update(i, i * 1000, 240);
  }
  display.end();
  return (stream.read() as Buffer | null)?.toString() ?? '';
}

describe('progress', () => {
  it('is a bar that redraws itself on a terminal, and is gone at the end', () => {
    const text = shown(true);
    expect(text).toContain(
      '\r[============            ] 120/240 episodes, 120,000 steps, 20,000 steps/s\u001b[K',
    );
    expect(text).not.toContain('\n');
    expect(text.endsWith('\r\u001b[K')).toBe(true);
  });

  it('fits into a narrow terminal, so that it does not scroll', () => {
    const lines = shown(true, 60).split('\r').slice(1, -1);
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) expect(line.replace('\u001b[K', '').length).toBeLessThan(60);
  });

  it('is a line every five seconds elsewhere', () => {
    expect(shown(false)).toBe(
      '100/240 episodes, 100,000 steps, 20,000 steps/s\n200/240 episodes, 200,000 steps, 20,000 steps/s\n',
    );
  });
});
