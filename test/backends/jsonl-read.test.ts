import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bgzf, plainGzip } from '../fixtures/bgzf.js';
import { parsed, readJsonl as read } from '../fixtures/read-rows.js';
import { runModel } from '../fixtures/run-model.js';

const { steps, episodes } = runModel(4);
const LINES = steps.map((step) => JSON.stringify(step));
const EPISODE_LINES = episodes.map((episode) => JSON.stringify(episode));

describe('reads lines', () => {
  it('as JSON.parse does, with file and line', async () => {
    const { rows, places, findings } = await read({ 'steps.jsonl.gz': bgzf(LINES) });
    expect(findings).toEqual([]);
    expect(rows).toEqual(parsed(LINES));
    expect(places).toEqual(LINES.map((_, i) => `steps.jsonl.gz:${i + 1}`));
  });

  it('of any order of keys and spacing', async () => {
    const lines = steps.map(
      (step) => ` ${JSON.stringify(step, Object.keys(step).sort().concat('x', 'y'), 1)}`,
    );
    const spaced = lines.map((line) => line.replaceAll('\n', '\t'));
    const { rows, findings } = await read({ 'steps.jsonl.gz': bgzf(spaced) });
    expect(findings).toEqual([]);
    expect(rows).toEqual(parsed(LINES));
  });

  it('in ordered parts, ours and those of plume_nav_sim', async () => {
    const part = (from: number, to: number) => bgzf(LINES.slice(from, to));
    const ours = {
      'steps.part0010.jsonl.gz': part(12, LINES.length),
      'steps.part0002.jsonl.gz': part(8, 12),
      'steps.jsonl.gz': part(0, 8),
    };
    const { rows, places } = await read(ours);
    expect(rows).toEqual(parsed(LINES));
    expect(places.slice(7, 9)).toEqual(['steps.jsonl.gz:8', 'steps.part0002.jsonl.gz:1']);
    const theirs = {
      'steps.jsonl.part1.gz': plainGzip(LINES.slice(8)),
      'steps.jsonl.gz': plainGzip(LINES.slice(0, 8)),
    };
    expect((await read(theirs)).rows).toEqual(parsed(LINES));
  });

  it('longer than a batch, a chunk or a member', async () => {
    const many = Array.from({ length: 9000 }, (_, i) => JSON.stringify({ ...steps[0], step: i + 1 }));
    const { rows, batches, places } = await read({ 'steps.jsonl.gz': bgzf(many, 200) });
    expect(batches).toBe(3);
    expect(rows).toEqual(parsed(many));
    expect(places.at(-1)).toBe('steps.jsonl.gz:9000');
    const wide = [1, 2, 3].map((step) =>
      JSON.stringify({
        ...steps[0],
        step,
        observation_summary: Array.from({ length: 16_000 }, (_, i) => i / 7),
      }),
    );
    expect((await read({ 'steps.jsonl.gz': plainGzip(wide) })).rows).toEqual(parsed(wide));
  });

  it('in smaller batches when lists or texts are long', async () => {
    const list = Array.from({ length: 15_000 }, () => 0.5);
    const wide = Array.from({ length: 400 }, (_, i) =>
      JSON.stringify({ ...steps[0], step: i + 1, observation_summary: list }),
    );
    const long = Array.from({ length: 2000 }, (_, i) =>
      JSON.stringify({ ...episodes[0], run_id: String(i).padStart(8192, 'x') }),
    );
    const reads = [
      await read({ 'steps.jsonl.gz': plainGzip(wide) }),
      await read({ 'episodes.jsonl.gz': plainGzip(long) }, 'episodes'),
    ];
    expect(reads.map(({ rows }) => rows.length)).toEqual([400, 2000]);
    expect(reads.map(({ batches }) => batches)).toEqual([2, 2]);
  });

  it('whose nullable columns change between null and numbers', async () => {
    const lines = [0, 1, 2, 3, 4, 5].map((i) =>
      JSON.stringify({
        ...episodes[0],
        duration_ms: i % 3 === 0 ? null : i,
        avg_step_time_ms: i < 3 ? null : i,
      }),
    );
    const { rows, findings } = await read({ 'episodes.jsonl.gz': bgzf(lines) }, 'episodes');
    expect(findings).toEqual([]);
    expect(rows).toEqual(parsed(lines, 'episodes'));
  });

  it('with text that needs escapes', async () => {
    const lines = ['a"b', 'é', '\u2028', '\\', ''].map((id) =>
      JSON.stringify({ ...episodes[0], episode_id: id }),
    );
    const { rows } = await read({ 'episodes.jsonl.gz': bgzf(lines) }, 'episodes');
    expect(rows).toEqual(parsed(lines, 'episodes'));
  });
});

const replaced = (line: string, from: string | RegExp, to: string): string => {
  expect(line).toMatch(from);
  return line.replace(from, to);
};

describe('leaves out a line that is wrong, and says where and why', () => {
  it.each<[string, string, (line: string) => string]>([
    ['line-blank', 'empty', () => ''],
    ['line-blank', 'empty', () => ' \t'],
    ['line-json', 'not JSON', (line) => line.slice(0, -1)],
    ['line-json', 'not JSON', (line) => `${line}${line}`],
    ['line-json', 'expected an object', () => '[1]'],
    ['line-not-finite', 'NaN', (line) => replaced(line, /"reward":[^,]+/, '"reward":NaN')],
    ['line-not-finite', 'NaN', (line) => replaced(line, /"reward":[^,]+/, '"reward": -Infinity')],
    ['line-not-finite', 'reward', (line) => replaced(line, /"reward":[^,]+/, '"reward":1e999')],
    ['line-key', 'seed', (line) => replaced(line, /,"seed":\d+/, '')],
    ['line-key', 'agent_position.y', (line) => replaced(line, /,"y":\d+/, '')],
    ['line-type', 'agent_position', (line) => replaced(line, /\{"x":.*?\}/, '3')],
    ['line-type', 'action', (line) => replaced(line, /"action":\d/, '"action":1.5')],
    ['line-type', 'action', (line) => replaced(line, /"action":\d/, '"action":"1"')],
    ['line-type', 'seed', (line) => replaced(line, /"seed":\d+/, '"seed":9007199254740993')],
    ['line-type', 'terminated', (line) => replaced(line, /"terminated":\w+/, '"terminated":0')],
    ['line-type', 'run_id', (line) => replaced(line, /"run_id":"[^"]+"/, '"run_id":null')],
    ['line-type', 'reward', (line) => replaced(line, /"reward":[^,]+/, '"reward":null')],
    ['line-type', 'observation_summary', (line) => replaced(line, /"observation_summary":\[/, '$&null,')],
    ['line-range', 'step', (line) => replaced(line, /"step":\d/, '"step":0')],
    ['line-range', 'distance', (line) => replaced(line, /"distance_to_goal":/, '$&-')],
    ['line-width', 'values', (line) => replaced(line, /"observation_summary":\[/, '$&1,')],
  ])('%s: %s', async (code, says, change) => {
    const lines = [...LINES];
    lines[7] = change(lines[7]!);
    const { rows, findings, places } = await read({ 'steps.jsonl.gz': bgzf(lines) });
    expect(findings).toMatchObject([{ code, severity: 'error', file: 'steps.jsonl.gz', line: 8 }]);
    expect(findings[0]!.message).toContain(says);
    expect(rows).toEqual(parsed(LINES.filter((_, i) => i !== 7)));
    expect(places[7]).toBe('steps.jsonl.gz:9');
  });

  it('line-width: a list far too long, as the first line too', async () => {
    const wide = LINES[0]!.replace('"observation_summary":[', `$&${'0.0,'.repeat(1_000_000)}`);
    const { findings, rows } = await read({ 'steps.jsonl.gz': plainGzip([wide, ...LINES]) });
    expect(findings[0]).toMatchObject({ code: 'line-width', line: 1 });
    expect(findings[0]!.message).toContain('1000002 values, more than 16384');
    expect(rows).toEqual(parsed(LINES));
  });

  it('until there are too many', async () => {
    const { findings, rows } = await read({
      'steps.jsonl.gz': gzipSync(`${'\n'.repeat(3e6)}${LINES[0]!}\n`),
    });
    expect(findings.length).toBeLessThan(1.2e6);
    expect(findings.find(({ code }) => code === 'line-too-many')).toMatchObject({ severity: 'error' });
    expect(rows).toEqual([]);
  });

  it('line-encoding', async () => {
    const bytes = Buffer.from(`${LINES.slice(0, 3).join('\n')}\n`);
    bytes[bytes.indexOf('ep-000001', LINES[0]!.length)] = 0xff;
    const { findings, rows } = await read({ 'steps.jsonl.gz': gzipSync(bytes) });
    expect(findings[0]).toMatchObject({ code: 'line-encoding', line: 2 });
    expect(rows).toHaveLength(2);
  });
});

describe('takes but notes', () => {
  it('a last line without a newline', async () => {
    const { rows, findings } = await read({ 'steps.jsonl.gz': gzipSync(LINES.join('\n')) });
    expect(rows).toEqual(parsed(LINES));
    expect(findings.map(({ code }) => code)).toEqual(['line-unended', 'gzip-plain']);
  });

  it('unknown keys, once a file', async () => {
    const lines = LINES.map((line) => line.replace('{', '{"wind":[1,2],'));
    const { rows, findings } = await read({ 'steps.jsonl.gz': bgzf(lines) });
    expect(rows).toEqual(parsed(LINES));
    expect(findings).toMatchObject([{ code: 'line-unknown-key', severity: 'note', line: null }]);
  });
});

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const record = fc.record({
  schema_version: fc.string(),
  ts: finite,
  run_id: fc.string({ unit: 'grapheme' }),
  episode_id: fc.constantFrom('ep-000001', 'ep-000002'),
  step: fc.integer({ min: 1 }),
  action: fc.maxSafeInteger(),
  reward: finite,
  terminated: fc.boolean(),
  truncated: fc.boolean(),
  agent_position: fc.record({ x: fc.integer(), y: fc.maxSafeInteger() }),
  distance_to_goal: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
  observation_summary: fc.tuple(finite, fc.float({ noNaN: true, noDefaultInfinity: true })),
  seed: fc.maxSafeNat(),
});

describe('whatever the records', () => {
  it('reads what JSON.parse reads', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        async (rows, shuffled) => {
          const lines = rows.map((row) =>
            JSON.stringify(shuffled ? Object.fromEntries(Object.entries(row).reverse()) : row),
          );
          const result = await read({ 'steps.jsonl.gz': bgzf(lines, 3) });
          expect(result.findings).toEqual([]);
          expect(result.rows).toEqual(parsed(lines));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('any truncation gives a prefix of the records', async () => {
    const file = bgzf(EPISODE_LINES, 1);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: file.length - 1 }), async (bytes) => {
        const { rows, findings } = await read({ 'episodes.jsonl.gz': file.subarray(0, bytes) }, 'episodes');
        expect(rows).toEqual(parsed(EPISODE_LINES, 'episodes').slice(0, rows.length));
        expect(findings).toHaveLength(1);
      }),
      { numRuns: 60 },
    );
  });
});
