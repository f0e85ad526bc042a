import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { canonicalHash, type JsonMap } from '../../src/core/canonical-json.js';
import { ExperimentHistory, parseConfigEvent } from '../../src/core/config-history.js';
import { appendConfig, readHistory } from '../../src/io/config-history.js';
import { thisProcess } from '../../src/io/process-identity.js';

let output: string;
let path: string;
beforeEach(() => {
  output = mkdtempSync(join(tmpdir(), 'plume-history-'));
  path = join(output, 'config_history.jsonl');
});

const clock = { now: () => Date.UTC(2026, 0, 1), monotonic: () => 0 };
let runs = 0;

function append(config: JsonMap, experiment = 'demo') {
  const facts = { experiment, run_id: `run-${++runs}`, reason: null, config_hash: canonicalHash(config) };
  return appendConfig(output, { ...facts, config }, clock);
}

const written = (): string => readFileSync(path, 'utf8');
const eventsOf = (experiment: string) =>
  written()
    .split('\n')
    .slice(0, -1)
    .map((line) => parseConfigEvent(line)!)
    .filter((event) => event.experiment === experiment);

function lastConfig(experiment = 'demo') {
  const history = new ExperimentHistory(experiment);
  for (const line of written().split('\n')) history.add(line);
  return Object.fromEntries(history.config());
}

describe('appending a configuration', () => {
  it('writes what differs, and nothing when nothing does', async () => {
    expect(await append({ seed: 1n, fps: 1 })).toEqual({ path, changes: 2, damagedLine: null });
    const first = written();
    expect(await append({ seed: 1n, fps: 1 })).toMatchObject({ changes: 0 });
    expect(await append({ seed: 1n, fps: 1, run_id: 'named' })).toMatchObject({ changes: 0 });
    expect(written()).toBe(first);
    expect(await append({ seed: 2n, fps: 1 })).toMatchObject({ changes: 1 });
    expect(written().slice(first.length)).toMatch(/^\{[^\n]*"key":"seed","old":1,"new":2,[^\n]*\}\n$/);
    expect(readdirSync(output)).toEqual(['config_history.jsonl']);
  });

  it('keeps experiments apart', async () => {
    await append({ seed: 1n }, 'one');
    await append({ seed: 2n }, 'two');
    expect(await append({ seed: 1n }, 'one')).toMatchObject({ changes: 0 });
    expect(eventsOf('two')).toMatchObject([{ key: 'seed', old: null, new: 2n }]);
  });

  it('finds the last configuration however far back it lies', async () => {
    await append({ seed: 1n, deep: 'x' });
    for (let i = 0; i < 4; i++) await append({ seed: BigInt(i), more: 'y'.repeat(100_000) }, 'other');
    expect(await append({ seed: 1n, deep: 'x' })).toMatchObject({ changes: 0 });
    expect(await append({ seed: 1n, deep: 'z' })).toMatchObject({ changes: 1 });
  });

  it('links up, whoever appends at the same time', async () => {
    await Promise.all(Array.from({ length: 12 }, (_, i) => append({ seed: BigInt(i % 5), fps: 1 })));
    const seeds = eventsOf('demo').filter(({ key }) => key === 'seed');
    expect(seeds.length).toBeGreaterThanOrEqual(5);
    for (const [i, { old }] of seeds.entries()) expect(old).toBe(i === 0 ? null : seeds[i - 1]!.new);
    expect(eventsOf('demo').filter(({ key }) => key === 'fps')).toHaveLength(1);
    expect(readdirSync(output)).toEqual(['config_history.jsonl']);
  });
});

describe('a history that a killed capture has left', () => {
  const before = { seed: 1n, fps: 1, policy: { name: 'random' } };
  const after = { seed: 2n, fps: 2.5, policy: { name: 'cast', eps: 0.5 } };

  it('is completed by the next capture, wherever it was cut off', async () => {
    await append(before);
    const start = written().length;
    await append(after);
    const whole = written();
    for (let size = start; size < whole.length; size += 7) {
      writeFileSync(path, whole);
      truncateSync(path, size);
      await append(after);
      expect(written().startsWith(whole.slice(0, size))).toBe(true);
      expect(lastConfig()).toEqual({ 'policy.name': 'cast', 'policy.eps': 0.5, fps: 2.5, seed: 2n });
      const now = written();
      expect(await append(after)).toMatchObject({ changes: 0 });
      expect(written()).toBe(now);
    }
  });

  it('says which line is damaged, and goes on', async () => {
    await append(before);
    appendFileSync(path, '{"ts":"2026-01-01T00:0');
    expect(await append(after)).toMatchObject({ changes: 4, damagedLine: null });
    await append({ ...after, seed: 3n });
    expect(await append({ ...after, seed: 4n })).toMatchObject({ changes: 1, damagedLine: 4 });
  });

  it('has a lock that is taken over', async () => {
    const lock = join(output, 'config_history.lock');
    writeFileSync(lock, JSON.stringify({ ...thisProcess(), started: 1, since: '' }));
    writeFileSync(join(output, '.config_history.lock.0000000a.tmp'), '{"pid"');
    expect(await append(before)).toMatchObject({ changes: 3 });
    expect(readdirSync(output)).toEqual(['config_history.jsonl']);
  });
});

describe('a history that cannot be written', () => {
  it('is held by a process that nobody can judge', async () => {
    const lock = join(output, 'config_history.lock');
    writeFileSync(lock, JSON.stringify({ ...thisProcess(), host: 'node17', pid: 12 }));
    await expect(append({ seed: 1n })).rejects.toMatchObject({
      kind: 'busy',
      message: `${path} is held by process 12 on node17`,
      hint: `when that was killed, remove ${lock}`,
    });
    expect(readdirSync(output)).toEqual(['config_history.lock']);
  }, 15_000);

  it('is a link, which may lead anywhere', async () => {
    const elsewhere = join(mkdtempSync(join(tmpdir(), 'plume-history-')), 'file');
    writeFileSync(elsewhere, '');
    symlinkSync(elsewhere, path);
    await expect(append({ seed: 1n })).rejects.toThrow(`${path} is a symbolic link`);
    expect(readFileSync(elsewhere, 'utf8')).toBe('');
    expect(readdirSync(output)).toEqual(['config_history.jsonl']);
  });

  it('is a folder', async () => {
    mkdirSync(path);
    await expect(append({ seed: 1n })).rejects.toMatchObject({ kind: 'io', hint: 'move it away' });
  });
});

describe('reading a history', () => {
  it('gives whole lines; the last one may just be being written', async () => {
    await append({ seed: 1n, fps: 1 });
    appendFileSync(path, '{"ts":');
    const keys: unknown[] = [];
    const read = await readHistory(output, (line, number) =>
      keys.push([number, parseConfigEvent(line)?.key]),
    );
    expect([read, keys]).toEqual([
      path,
      [
        [1, 'seed'],
        [2, 'fps'],
      ],
    ]);
  });

  it.each(['', 'config_history.jsonl'])('refuses %j, where there is none', async (name) => {
    if (name !== '') writeFileSync(path, '');
    await expect(readHistory(join(output, name), () => {})).rejects.toMatchObject({
      kind: 'input',
      message: `${join(output, name, 'config_history.jsonl')} does not exist`,
    });
  });
});
