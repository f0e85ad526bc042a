import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { jsonl } from '../../src/backends/jsonl/index.js';
import { storageOptions } from '../../src/backends/storage.js';
import {
  EXTRA_COLUMN_NAMES,
  FULL_RECORDING,
  OMITTABLE,
  streamsOf,
  type Recording,
} from '../../src/core/streams.js';
import { batchOf } from '../fixtures/batches.js';
import { bgzf } from '../fixtures/bgzf.js';
import { parsed, readJsonl } from '../fixtures/read-rows.js';
import { recordAs } from '../fixtures/recorded-model.js';
import { runModel } from '../fixtures/run-model.js';

/** Lines of a run that is recorded so, and its streams. */
function linesOf(recording: Partial<Recording>) {
  const model = runModel(4);
  recordAs(model, recording);
  const streams = streamsOf({ ...FULL_RECORDING, ...recording });
  return { steps: model.steps, lines: model.steps.map((step) => JSON.stringify(step)), streams };
}

const RECORDINGS: [string, Partial<Recording>][] = [
  ['everything', {}],
  ['every extra column', { columns: EXTRA_COLUMN_NAMES }],
  ['the last column a pair', { columns: ['velocity'] }],
  ['nothing that can be left out', { omitted: OMITTABLE }],
  ['no observations', { omitted: ['observation_summary'] }],
  ['neither', { omitted: ['action', 'reward'], columns: ['gradient', 'agent_id'] }],
];

describe.each(RECORDINGS)('of a run that records %s', (_, recording) => {
  const { steps, lines, streams } = linesOf(recording);

  it('lines are read as JSON.parse does', async () => {
    const { rows, findings, batches } = await readJsonl({ 'steps.jsonl.gz': bgzf(lines) }, 'steps', streams);
    expect(findings).toEqual([]);
    expect(rows).toEqual(parsed(lines, 'steps', streams));
    expect(batches).toBe(1);
  });

  it('lines of another order of keys too', async () => {
    const turned = steps.map((step) => JSON.stringify(Object.fromEntries(Object.entries(step).reverse())));
    const { rows, findings } = await readJsonl({ 'steps.jsonl.gz': bgzf(turned) }, 'steps', streams);
    expect(findings).toEqual([]);
    expect(rows).toEqual(parsed(lines, 'steps', streams));
  });

  it('what is written is those lines, with floats that show it', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'write-'));
    const writer = await jsonl.openWriter({
      directory,
      streams,
      storage: storageOptions(),
      run: {
        run_id: 'run',
        experiment: 'demo',
        schema_version: '1.0.0',
        config_hash: null,
        start_time: '2026-01-01T00:00:00Z',
        config: null,
      },
    });
    await writer.write(batchOf(streams.steps, steps));
    await writer.close();
    const text = gunzipSync(readFileSync(join(directory, 'steps.jsonl.gz'))).toString();
    const written = text.trimEnd().split('\n');
    expect(written.map((line) => JSON.parse(line) as unknown)).toEqual(
      lines.map((line) => JSON.parse(line) as unknown),
    );
    expect(written.map((line) => Object.keys(JSON.parse(line) as object))).toEqual(
      steps.map((step) => Object.keys(step)),
    );
    if (recording.columns?.includes('velocity') === true) {
      expect(written[0]).toMatch(/"velocity":\{"x":1\.0,"y":0\.0\}/);
    }
    const { rows } = await readJsonl({ 'steps.jsonl.gz': bgzf(written) }, 'steps', streams);
    expect(rows).toEqual(parsed(lines, 'steps', streams));
  });
});

it('values where nulls should be are read, in batches of one kind', async () => {
  const { streams } = linesOf({ omitted: OMITTABLE });
  const steps = runModel(1).steps.slice(0, 6);
  const lines = steps.map((step, i) =>
    JSON.stringify(i % 2 === 0 ? { ...step, action: null, observation_summary: null } : step),
  );
  const { rows, findings, batches } = await readJsonl({ 'steps.jsonl.gz': bgzf(lines) }, 'steps', streams);
  expect(findings).toEqual([]);
  expect(rows).toEqual(parsed(lines, 'steps', streams));
  expect(batches).toBe(6);
});

it('lists are of one width, nulls between them or not', async () => {
  const { streams } = linesOf({ omitted: OMITTABLE });
  const lists = [null, [1.5, 2.5], null, [1.5], [3.5, 4.5]];
  const [step] = runModel(1).steps;
  const lines = lists.map((list) => JSON.stringify({ ...step, observation_summary: list }));
  const { rows, findings } = await readJsonl({ 'steps.jsonl.gz': bgzf(lines) }, 'steps', streams);
  expect(findings).toMatchObject([{ code: 'line-width', line: 4 }]);
  expect(findings[0]!.message).toContain('1 values, the lines before have 2');
  expect(rows.map((row) => row['observation_summary'])).toEqual(lists.filter((_, i) => i !== 3));
});

it.each([
  ['line-key', 'velocity.y', '"velocity":{"x":1,"y":0}', '"velocity":{"x":1}'],
  ['line-type', 'velocity.x', '"velocity":{"x":1,', '"velocity":{"x":null,'],
  ['line-type', 'velocity', '"velocity":{"x":1,"y":0}', '"velocity":null'],
  ['line-range', 'orientation', '"orientation":0', '"orientation":-90'],
  ['line-range', 'agent_id', '"agent_id":0', '"agent_id":-1'],
])('%s: %s', async (code, says, from, to) => {
  const { lines, streams } = linesOf({ columns: EXTRA_COLUMN_NAMES });
  expect(lines[0]).toContain(from);
  const changed = lines.map((line, i) => (i === 0 ? line.replace(from, to) : line));
  const { findings } = await readJsonl({ 'steps.jsonl.gz': bgzf(changed) }, 'steps', streams);
  expect(findings).toMatchObject([{ code, line: 1 }]);
  expect(findings[0]!.message).toContain(says);
});
