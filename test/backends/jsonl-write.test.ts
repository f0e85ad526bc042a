import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createEpisodeBatch, createStepBatch, type StepBatch } from '../../src/core/batch.js';
import { JsonlWriter } from '../../src/backends/jsonl/write.js';
import { writerOptions } from '../fixtures/writer-options.js';

function stepBatch(rows: number, width = 1, episode = 'ep-000001'): StepBatch {
  const batch = createStepBatch(rows, width);
  const { columns: c } = batch;
  batch.rows = rows;
  c.schema_version.dictionary.push('1.0.0');
  c.run_id.dictionary.push('run-20260101-000000');
  c.episode_id.dictionary.push(episode);
  for (let i = 0; i < rows; i++) {
    c.ts[i] = 1_767_225_600.25;
    c.step[i] = i + 1;
    c.action![i] = i % 4;
    c.reward![i] = -0.01;
    c.agent_x[i] = i % 64;
    c.agent_y[i] = 63;
    c.distance_to_goal[i] = Math.sqrt(i);
    for (let w = 0; w < width; w++) c.observation_summary!.values[i * width + w] = Math.fround(i / 7 + w);
    c.seed[i] = 2 ** 53 - 2;
  }
  return batch;
}

const open = (rotateBytes: number | null = null) => {
  const directory = mkdtempSync(join(tmpdir(), 'jsonl-'));
  return { directory, writer: new JsonlWriter(writerOptions(directory, { rotateBytes })) };
};

const lines = (path: string): string[] => gunzipSync(readFileSync(path)).toString().split('\n').slice(0, -1);

/** Uncompressed bytes of each member, by the sizes in the headers. */
function members(path: string): string[] {
  const file = readFileSync(path);
  const texts: string[] = [];
  for (let at = 0; at < file.length;) {
    const size = file.readUInt16LE(at + 16) + 1;
    texts.push(gunzipSync(file.subarray(at, at + size)).toString());
    at += size;
  }
  return texts;
}

describe('JSONL records', () => {
  it('have the keys of the contract in order, no spaces, floats as floats', async () => {
    const { directory, writer } = open();
    writer.write(stepBatch(2, 2));
    await writer.close();
    expect(lines(join(directory, 'steps.jsonl.gz'))).toEqual([
      '{"schema_version":"1.0.0","ts":1767225600.25,"run_id":"run-20260101-000000","episode_id":"ep-000001","step":1,"action":0,"reward":-0.01,"terminated":false,"truncated":false,"agent_position":{"x":0,"y":63},"distance_to_goal":0.0,"observation_summary":[0.0,1.0],"seed":9007199254740990}',
      '{"schema_version":"1.0.0","ts":1767225600.25,"run_id":"run-20260101-000000","episode_id":"ep-000001","step":2,"action":1,"reward":-0.01,"terminated":false,"truncated":false,"agent_position":{"x":1,"y":63},"distance_to_goal":1.0,"observation_summary":[0.1428571492433548,1.1428571939468384],"seed":9007199254740990}',
    ]);
  });

  it('print a null column as null, and text as JSON does', async () => {
    const { directory, writer } = open();
    const batch = createEpisodeBatch(1);
    batch.rows = 1;
    for (const column of ['schema_version', 'run_id', 'episode_id'] as const)
      batch.columns[column].dictionary.push('a"\n\u00e9\u2028');
    batch.columns.duration_ms = null;
    batch.columns.avg_step_time_ms = null;
    writer.write(batch);
    await writer.close();
    const [line] = lines(join(directory, 'episodes.jsonl.gz'));
    expect(line).toContain('"duration_ms":null,"avg_step_time_ms":null}');
    expect(JSON.parse(line!)).toMatchObject({ run_id: 'a"\n\u00e9\u2028', final_position: { x: 0, y: 0 } });
  });

  it('do not depend on how rows are cut into batches, nor on what the caches hold', async () => {
    const whole = open();
    whole.writer.write(stepBatch(3000));
    await whole.writer.close();
    const cut = open();
    for (let from = 0; from < 3000; from += 7) {
      const batch = stepBatch(3000);
      const rows = Math.min(7, 3000 - from);
      for (const column of Object.values(batch.columns)) {
        if (column instanceof Float64Array || column instanceof Uint8Array)
          column.copyWithin(0, from, from + rows);
        else if (column !== null && 'values' in column) column.values.copyWithin(0, from, from + rows);
      }
      batch.rows = rows;
      cut.writer.write(batch);
    }
    await cut.writer.close();
    expect(readFileSync(join(cut.directory, 'steps.jsonl.gz'))).toEqual(
      readFileSync(join(whole.directory, 'steps.jsonl.gz')),
    );
  });

  it('read back as the values they were, whatever they are', async () => {
    const { directory, writer } = open();
    const batch = stepBatch(5000);
    const { reward, distance_to_goal: distance, action } = batch.columns;
    let state = 1;
    const bits = new DataView(new ArrayBuffer(8));
    for (let i = 0; i < 5000; i++) {
      state = Math.imul(state, 1664525) + 1013904223;
      bits.setInt32(0, state);
      bits.setInt32(4, Math.imul(state, 22695477));
      const value = bits.getFloat64(0);
      reward![i] = Number.isFinite(value) ? value + 0 : 0.1;
      distance[i] = Math.abs(reward![i]!) / 3;
      action![i] = -(i ** 3);
    }
    writer.write(batch);
    await writer.close();
    const records = lines(join(directory, 'steps.jsonl.gz')).map(
      (line) => JSON.parse(line) as Record<string, number>,
    );
    expect(records.map((r) => r['reward'])).toEqual([...reward!]);
    expect(records.map((r) => r['distance_to_goal'])).toEqual([...distance]);
    expect(records.map((r) => r['action'])).toEqual([...action!].map((x) => x + 0));
  });
});

describe('JSONL files', () => {
  it('are members that end on a record boundary', async () => {
    const { directory, writer } = open();
    writer.write(stepBatch(2000));
    const [file] = await writer.close();
    expect(file).toMatchObject({ path: 'steps.jsonl.gz', rows: 2000 });
    const texts = members(join(directory, 'steps.jsonl.gz'));
    expect(texts.length).toBeGreaterThan(5);
    expect(texts.at(-1)).toBe('');
    for (const text of texts.slice(0, -1)) {
      expect(text.endsWith('\n')).toBe(true);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_280);
    }
  });

  it('give a record longer than a member members of its own', async () => {
    const { directory, writer } = open();
    writer.write(stepBatch(1));
    writer.write(stepBatch(2, 10_000));
    writer.write(stepBatch(1));
    await writer.close();
    const texts = members(join(directory, 'steps.jsonl.gz'));
    expect(texts.map((text) => text.startsWith('{'))).toEqual([
      true, // one short record
      ...[true, false], // 124 kB
      ...[true, false, false], // 189 kB
      true,
      false, // the end block
    ]);
    expect(
      texts
        .join('')
        .split('\n')
        .slice(0, -1)
        .map((line) => (JSON.parse(line) as { observation_summary: number[] }).observation_summary.length),
    ).toEqual([1, 10_000, 10_000, 1]);
  });

  it('rotate by compressed size, rows told for each part', async () => {
    const { directory, writer } = open(20_000);
    for (let i = 0; i < 20; i++) writer.write(stepBatch(1000));
    const files = (await writer.close()).filter(({ path }) => path.startsWith('steps'));
    expect(files.length).toBeGreaterThan(3);
    expect(files.map(({ path }) => path)).toEqual(
      readdirSync(directory)
        .filter((name) => name.startsWith('steps'))
        .sort(),
    );
    expect(files[1]!.path).toBe('steps.part0001.jsonl.gz');
    for (const { path, rows, bytes } of files) {
      expect(lines(join(directory, path)).length).toBe(rows);
      expect(rows).toBeGreaterThan(0);
      expect(statSync(join(directory, path)).size).toBe(bytes);
    }
    for (const { bytes } of files.slice(0, -1)) expect(bytes).toBeGreaterThanOrEqual(20_000);
    expect(files.reduce((sum, { rows }) => sum + rows, 0)).toBe(20_000);
  });

  it('put everything on disk at a flush', async () => {
    const { directory, writer } = open();
    writer.write(stepBatch(3));
    await writer.flush();
    expect(members(join(directory, 'steps.jsonl.gz')).join('').split('\n').length).toBe(4);
  });

  it('are a closed empty file when nothing was written', async () => {
    const { directory, writer } = open();
    expect(await writer.close()).toMatchObject([
      { path: 'steps.jsonl.gz', rows: 0, bytes: 28 },
      { path: 'episodes.jsonl.gz', rows: 0, bytes: 28 },
    ]);
    expect(lines(join(directory, 'steps.jsonl.gz'))).toEqual([]);
  });
});
