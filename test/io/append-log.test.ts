import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { readLines, readTail, START } from '../../src/io/append-log.js';

let path: string;
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'plume-log-')), 'log.jsonl');
});

async function linesFrom(place = START): Promise<{ lines: [string, number][]; end: typeof START | null }> {
  const lines: [string, number][] = [];
  const end = await readLines(path, place, (line, number) => void lines.push([line, number]));
  return { lines, end };
}

it('reads whole lines, and goes on where it was', async () => {
  writeFileSync(path, 'one\n\nthrée\nfo');
  const { lines, end } = await linesFrom();
  expect(lines).toEqual([
    ['one', 1],
    ['', 2],
    ['thrée', 3],
  ]);
  appendFileSync(path, 'ur\nfive\n');
  expect((await linesFrom(end!)).lines).toEqual([
    ['four', 4],
    ['five', 5],
  ]);
});

it('reads lines across the blocks it reads', async () => {
  const texts = Array.from({ length: 4000 }, (_, i) => `${i} ${'x'.repeat((i * 7919) % 1500)}`);
  writeFileSync(path, texts.map((text) => `${text}\n`).join(''));
  const { lines, end } = await linesFrom();
  expect(lines).toEqual(texts.map((text, i) => [text, i + 1]));
  expect(end).toEqual({ offset: texts.reduce((sum, { length }) => sum + length + 1, 0), lines: 4000 });
});

it('goes on behind a line longer than any of ours, of which it keeps a part', async () => {
  writeFileSync(path, `${'x'.repeat(40_000_000)}\nnext\n`);
  const { lines, end } = await linesFrom();
  expect(lines.map(([, number]) => number)).toEqual([1, 2]);
  expect(lines[0]![0].length).toBeLessThan(36_000_000);
  expect([lines[1]![0], end]).toEqual(['next', { offset: 40_000_006, lines: 2 }]);
});

it('reads of the last bytes the whole lines', async () => {
  const text = 'one\ntwo\n\nfour\nfi';
  writeFileSync(path, text);
  for (let bytes = 1; bytes <= text.length + 1; bytes++) {
    const lines: string[] = [];
    await readTail(path, bytes, (line) => void lines.push(line));
    const whole = text.split('\n').slice(0, -1);
    expect(whole.slice(whole.length - lines.length)).toEqual(lines);
    expect(lines.length).toBe(bytes >= text.length ? 4 : text.slice(-bytes).split('\n').slice(1, -1).length);
  }
});

it('says that there is no file', async () => {
  expect(await linesFrom()).toEqual({ lines: [], end: null });
  expect(await readTail(path, 10, () => expect.unreachable())).toBeNull();
});

it('waits for no pipe, and takes no folder for a file', async () => {
  execFileSync('mkfifo', [path]);
  await expect(linesFrom()).rejects.toThrow(/log\.jsonl is not a file/);
  path = `${path}.folder`;
  mkdirSync(path);
  await expect(linesFrom()).rejects.toMatchObject({ kind: 'io', hint: 'move it away' });
});
