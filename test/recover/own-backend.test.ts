import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { run as recoverCommand } from '../../src/cli/commands/recover.js';
import { run as resumeCommand } from '../../src/cli/commands/resume.js';
import { capturedRun, newFolder } from '../fixtures/captured-run.js';
import { EXAMPLE_BACKEND } from '../fixtures/example-backend.js';
import { digestOf, unfinishedCopy } from './support.js';

/** The example, with a writer that goes on: what is there is written once more. */
const GOES_ON = `
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import plain from ${JSON.stringify(EXAMPLE_BACKEND)};
export default {
  ...plain,
  continuesFrom: plain.name,
  async openWriter(options) {
    const { continues, directory, streams } = options;
    if (continues === undefined) return plain.openWriter(options);
    const before = await mkdtemp(join(directory, 'before-'));
    for (const { path } of continues) await rename(join(directory, path), join(before, path));
    const writer = await plain.openWriter(options);
    const reader = plain.openReader(before, continues.map(({ path }) => path), streams);
    for (const stream of ['steps', 'episodes'])
      for await (const { batch } of reader.batches(stream, () => {})) await writer.write(batch);
    await rm(before, { recursive: true });
    return writer;
  },
};
`;

const FULL = ['episodes=6', 'env.goal_radius=0', 'env.grid_size=[64,64]', 'seed=5'];
const silent = { stdout: () => {}, stderr: () => {} };

describe('a run in a format of one’s own', () => {
  let backend: string;
  let run: string;
  beforeAll(async () => {
    backend = join(newFolder(), 'goes-on.mjs');
    writeFileSync(backend, GOES_ON);
    run = await capturedRun(newFolder(), [...FULL, `record.backend=${backend}`]);
  });

  function cut(): string {
    const copy = unfinishedCopy(run);
    const path = join(copy, 'steps.ndjson');
    truncateSync(path, Math.floor(readFileSync(path).length * 0.6));
    rmSync(join(copy, 'episodes.ndjson'));
    writeFileSync(join(copy, 'episodes.ndjson'), '');
    return copy;
  }

  it('is recovered with its backend named, and only then', async () => {
    const copy = cut();
    const before = readFileSync(join(copy, 'steps.ndjson'));
    await expect(recoverCommand(copy, {}, [], silent)).rejects.toMatchObject({
      kind: 'input',
      hint: expect.stringContaining('--backend'),
    });
    expect(readFileSync(join(copy, 'steps.ndjson'))).toEqual(before);
    expect(await recoverCommand(copy, { backend }, [], silent)).toBe(0);
    const { status, counts } = JSON.parse(readFileSync(join(copy, 'manifest.json'), 'utf8')) as {
      status: string;
      counts: { episodes: number; steps: number };
    };
    expect(status).toBe('recovered');
    expect(counts.episodes).toBe(Math.floor(counts.steps / 20));
    expect(counts.steps).toBeGreaterThan(60);
  });

  it('goes on when its backend can', async () => {
    const copy = cut();
    await expect(resumeCommand(copy, [], {}, [], silent)).rejects.toMatchObject({ kind: 'config' });
    expect(await resumeCommand(copy, [], { backend }, [], silent)).toBe(0);
    expect(digestOf(copy)).toBe(digestOf(run));
    expect(readFileSync(join(copy, 'steps.ndjson'), 'utf8')).toBe(
      readFileSync(join(run, 'steps.ndjson'), 'utf8'),
    );
  });

  it('does not when its backend cannot, of which nothing is changed', async () => {
    const copy = cut();
    await expect(resumeCommand(copy, [], { backend: EXAMPLE_BACKEND }, [], silent)).rejects.toMatchObject({
      kind: 'config',
      message: expect.stringContaining('cannot go on'),
    });
    expect(await resumeCommand(copy, [], { backend }, [], silent)).toBe(0);
  });
});
