import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseTypedJson, type JsonMap } from '../../src/core/canonical-json.js';
import { signed } from '../faults/hostile.js';
import { BINARY, plume, scratchDirectory } from './binary.js';

const RULES = [
  'seed=3',
  'env.max_steps=100',
  'env.goal_radius=20',
  'experiment=demo',
  'qc.max_stuck_steps=8',
];
const SAMPLE = [...RULES, 'qc.on_reject=sample'];
const RUN = 'results/demo/run-20260101-000000';
const ID = 'run_id=run-20260101-000000';
const SAMPLES = 'rejected_samples/steps.jsonl.gz';

const read = (cwd: string, name: string): string => readFileSync(join(cwd, RUN, name), 'utf8');
const samplesOf = (cwd: string): unknown[] =>
  gunzipSync(readFileSync(join(cwd, RUN, SAMPLES)))
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => ({ ...(JSON.parse(line) as object), ts: 0 }));

/** Starts a capture and kills it once some of its records are on disk. */
async function killed(cwd: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [BINARY, ...args], { cwd });
  const closed = once(child, 'close');
  const size = (): number =>
    statSync(join(cwd, RUN, 'episodes.jsonl.gz'), { throwIfNoEntry: false })?.size ?? 0;
  while (size() < 5000) await setTimeout(5);
  child.kill('SIGKILL');
  await closed;
}

describe('episodes that fail a rule', () => {
  it('are told in the summary, marked and counted', async () => {
    const cwd = scratchDirectory();
    const { exitCode, stdout } = await plume([...RULES, ID, 'episodes=50'], { cwd });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^qc {6}\d+ of 50 episodes rejected: max_stuck_steps \d+; marked in qc\.jsonl$/m);
    const json = await plume([...SAMPLE, 'run_id=other', 'episodes=50', '--json'], { cwd });
    const { qc } = JSON.parse(json.stdout) as { qc: { checked: number; rejected: number } };
    expect(qc).toMatchObject({ checked: 50 });
    expect(stdout).toContain(`${qc.rejected} of 50 episodes`);
    const shown = await plume(['show', RUN], { cwd });
    expect(shown.stdout).toMatch(new RegExp(`^qc +${qc.rejected} of 50 episodes rejected`, 'm'));
    expect(read(cwd, 'qc.jsonl').split('\n')).toHaveLength(qc.rejected + 1);
  });

  it('are validated, reproduced and ingested when a prune has emptied their samples', async () => {
    const cwd = scratchDirectory();
    await plume([...SAMPLE, ID, 'clock=sim', 'episodes=50', 'qc.rejected_sample_rate=1'], { cwd });
    await plume(['prune', 'results', '--rejected-max-age', '1s', '--yes'], { cwd });
    expect(existsSync(join(cwd, RUN, 'rejected_samples'))).toBe(false);
    expect(await plume(['validate', RUN, '--deep'], { cwd })).toMatchObject({ exitCode: 0 });
    expect(await plume(['reproduce', RUN], { cwd })).toMatchObject({ exitCode: 0 });
    const ingest = ['ingest', '--run-dir', RUN, '--out-dir', 'lake'];
    expect(await plume(ingest, { cwd })).toMatchObject({ exitCode: 0 });
    expect((await plume(ingest, { cwd })).stdout).toMatch(/^already ingested/);
    // of samples that no manifest lists nobody knows that a prune took them
    const text = read(cwd, 'manifest.json');
    const files = ((parseTypedJson(text) as JsonMap)['files'] as JsonMap[]).filter(
      ({ path }) => path !== SAMPLES,
    );
    writeFileSync(join(cwd, RUN, 'manifest.json'), signed(text, files));
    expect(await plume(['reproduce', RUN], { cwd })).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining(`is missing in ${SAMPLES}`),
    });
  });

  it.each([
    ['marked', RULES],
    ['left out', SAMPLE],
  ])(
    'are the same, %s, in a run that was killed and resumed',
    async (_what, rules) => {
      const args = [...rules, ID, 'episodes=5000', 'workers=1'];
      const [whole, cut] = [scratchDirectory(), scratchDirectory()];
      await plume(args, { cwd: whole });
      await killed(cut, args);
      const { exitCode, stdout } = await plume(['resume', RUN], { cwd: cut });
      expect(exitCode).toBe(0);
      const { content_digest: digest } = JSON.parse(read(whole, 'manifest.json')) as {
        content_digest: string;
      };
      expect(stdout).toContain(digest);
      expect(stdout).toMatch(/^qc {6}[\d,]+ of 5,000 episodes rejected/m);
      expect(read(cut, 'qc.jsonl')).toBe(read(whole, 'qc.jsonl'));
      if (rules === SAMPLE) expect(samplesOf(cut)).toEqual(samplesOf(whole));
      expect(await plume(['validate', RUN, '--deep'], { cwd: cut })).toMatchObject({ exitCode: 0 });
    },
    120_000,
  );

  it('cannot be taken away or made up unseen', async () => {
    const cwd = scratchDirectory();
    await plume([...SAMPLE, ID, 'episodes=50', 'qc.rejected_sample_rate=0.5'], { cwd });
    const path = join(cwd, RUN, 'qc.jsonl');
    const lines = read(cwd, 'qc.jsonl');
    const validated = async (...flags: string[]): Promise<{ exitCode: number; stdout: string }> =>
      plume(['validate', RUN, ...flags], { cwd });
    expect((await validated('--deep')).exitCode).toBe(0);

    rmSync(path);
    let { exitCode, stdout } = await validated();
    expect([exitCode, stdout]).toEqual([
      1,
      expect.stringMatching(/episode-without-steps[^]*qc\.jsonl is missing/),
    ]);

    writeFileSync(path, lines.replace('"dropped"', '"kept"'));
    ({ exitCode, stdout } = await validated());
    expect([exitCode, stdout]).toEqual([
      1,
      expect.stringMatching(/episode-without-steps[^]*manifest-file[^]*qc-counts/),
    ]);

    writeFileSync(path, lines.replace(/more than 8/, 'more than 9'));
    ({ exitCode, stdout } = await validated('--deep'));
    expect([exitCode, stdout]).toEqual([
      1,
      expect.stringMatching(/manifest-file[^]*deep-difference[^]*by the rules of qc/),
    ]);

    writeFileSync(path, lines);
    const samples = readFileSync(join(cwd, RUN, SAMPLES));
    const other = gunzipSync(samples).toString().replace('"reward":-0.01', '"reward":-0.02');
    writeFileSync(join(cwd, RUN, SAMPLES), gzipSync(other));
    ({ exitCode, stdout } = await validated('--deep'));
    expect([exitCode, stdout]).toEqual([
      1,
      expect.stringMatching(/manifest-file {2}rejected_samples[^]*reward is -0\.01, recorded -0\.02/),
    ]);

    writeFileSync(join(cwd, RUN, SAMPLES), samples);
    appendFileSync(path, `{"episode_id":${'['.repeat(40_000)}\n`);
    expect(await validated()).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('not one JSON object'),
    });
  }, 60_000);

  it('go into a dataset with the rest of the run', async () => {
    const cwd = scratchDirectory();
    await plume([...SAMPLE, ID, 'episodes=50', 'qc.rejected_sample_rate=0.5'], { cwd });
    const ingest = ['ingest', '--run-dir', RUN, '--out-dir', 'data'];
    expect(await plume(ingest, { cwd })).toMatchObject({ exitCode: 0 });
    const copy = 'data/demo/run-20260101-000000';
    for (const name of ['qc.jsonl', SAMPLES]) {
      expect(readFileSync(join(cwd, copy, name))).toEqual(readFileSync(join(cwd, RUN, name)));
    }
    expect(await plume(['validate', copy], { cwd })).toMatchObject({ exitCode: 0 });
    rmSync(join(cwd, copy, 'rejected_samples'), { recursive: true });
    expect((await plume(ingest, { cwd })).stdout).toContain(`${SAMPLES} is missing`);
    expect(await plume(['validate', copy], { cwd })).toMatchObject({ exitCode: 0 });
    expect((await plume(ingest, { cwd })).stdout).toContain('already ingested');
  }, 60_000);

  it('are refused where they could not be held in memory', async () => {
    const cwd = scratchDirectory();
    const { exitCode, stderr } = await plume([...SAMPLE, ID, 'env.max_steps=10000'], { cwd });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('set record.performance.buffer.max_records=10000');
    const more = ['env.max_steps=10000', 'record.performance.buffer.max_records=10000'];
    expect(await plume([...SAMPLE, ID, ...more], { cwd })).toMatchObject({ exitCode: 0 });
  });
});
