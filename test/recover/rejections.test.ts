import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { validateRun } from '../../src/validate/index.js';
import { bgzf } from '../fixtures/bgzf.js';
import { capturedRun, contents, newFolder } from '../fixtures/captured-run.js';
import { copyOf, digestOf, linesOf, recovered, resumed, unfinishedCopy } from './support.js';

const RULES = ['episodes=12', 'env.max_steps=60', 'env.grid_size=[64,64]', 'seed=5', 'qc.max_stuck_steps=9'];
const SAMPLE = ['qc.on_reject=sample', 'qc.rejected_sample_rate=0.5'];
const SAMPLES = 'rejected_samples/steps.jsonl.gz';

const qcLines = (run: string): string[] =>
  readFileSync(join(run, 'qc.jsonl'), 'utf8').split('\n').slice(0, -1);
const episodeOf = (line: string): number =>
  Number((JSON.parse(line) as { episode_id: string }).episode_id.slice(3));
const codesOf = async (run: string): Promise<string[]> =>
  (await validateRun(run)).findings.map(({ code }) => code);

/** What a capture that was killed leaves: so many lines of each stream, and at least what is said of those episodes. */
function cutCopy(
  run: string,
  { steps, episodes, ahead }: { steps: number; episodes: number; ahead: number },
): string {
  const copy = unfinishedCopy(run);
  let last = 0;
  for (const [stream, count] of Object.entries({ steps, episodes })) {
    const path = join(copy, `${stream}.jsonl.gz`);
    const lines = linesOf(path).slice(0, count);
    last = Math.max(last, ...lines.map(episodeOf));
    writeFileSync(path, bgzf(lines, 7));
    truncateSync(path, readFileSync(path).length - 28);
  }
  const known = (line: string): boolean => episodeOf(line) <= last + ahead;
  const said = qcLines(run).filter(known);
  // the next line, as far as it came
  writeFileSync(join(copy, 'qc.jsonl'), [...said, '{"episode_id":"ep-0'].join('\n'));
  if (existsSync(join(copy, SAMPLES))) {
    writeFileSync(join(copy, SAMPLES), bgzf(linesOf(join(run, SAMPLES)).filter(known), 7));
    truncateSync(join(copy, SAMPLES), readFileSync(join(copy, SAMPLES)).length - 28);
  }
  return copy;
}

describe.each([
  ['marks', []],
  ['leaves out', SAMPLE],
])('a run that %s rejected episodes', (_what, mode) => {
  let run = '';
  let steps: string[] = [];
  beforeAll(async () => {
    run = await capturedRun(newFolder(), [...RULES, ...mode]);
    steps = linesOf(join(run, 'steps.jsonl.gz'));
    // good ones and bad ones among each other
    expect(qcLines(run).length).toBeGreaterThan(3);
    expect(qcLines(run).length).toBeLessThan(10);
  });

  it('is the run that never was interrupted, wherever it was cut', async () => {
    for (const share of [0, 0.1, 0.5, 0.9, 1]) {
      for (const episodes of [0, 1, 5, 12]) {
        for (const ahead of [0, 2]) {
          const at = { steps: Math.floor(steps.length * share), episodes, ahead };
          const copy = cutCopy(run, at);
          const { code, said } = await resumed(copy);
          expect([at, code, said.content_digest]).toEqual([at, 0, digestOf(run)]);
          expect(qcLines(copy)).toEqual(qcLines(run));
          expect(linesOf(join(copy, 'steps.jsonl.gz'))).toEqual(steps);
          if (mode.length > 0) expect(linesOf(join(copy, SAMPLES))).toEqual(linesOf(join(run, SAMPLES)));
          const { ok, findings } = await validateRun(copy);
          expect([at, ok, findings]).toEqual([at, true, []]);
        }
      }
    }
  }, 120_000);

  it('is recovered as far as it came, and validates', async () => {
    for (const at of [
      { steps: steps.length, episodes: 12, ahead: 0 },
      { steps: steps.length, episodes: 5, ahead: 1 },
      { steps: Math.floor(steps.length / 2), episodes: 3, ahead: 2 },
      { steps: Math.floor(steps.length / 2), episodes: 12, ahead: 0 },
      { steps: 0, episodes: 0, ahead: 3 },
    ]) {
      const copy = cutCopy(run, at);
      const wrong = (await codesOf(copy)).filter(
        (each) => each !== 'unfinished' && each !== 'unfinished-end',
      );
      expect([at, wrong]).toEqual([at, []]);
      const { code } = await recovered(copy);
      expect([0, 3]).toContain(code);
      expect([at, await codesOf(copy)]).toEqual([at, []]);
      const kept = new Set(linesOf(join(copy, 'episodes.jsonl.gz')).map(episodeOf));
      expect(qcLines(copy)).toEqual(qcLines(run).filter((line) => kept.has(episodeOf(line))));
      // and goes on
      expect((await resumed(copy)).code).toBe(0);
      expect(digestOf(copy)).toBe(digestOf(run));
      expect(qcLines(copy)).toEqual(qcLines(run));
    }
  }, 60_000);

  it('does not go on without what was said of its episodes', async () => {
    const copy = cutCopy(run, { steps: steps.length, episodes: 6, ahead: 0 });
    rmSync(join(copy, 'qc.jsonl'));
    const before = contents(copy);
    await expect(resumed(copy)).rejects.toThrow('qc.jsonl is missing, and the run has rules of qc.*');
    expect(contents(copy)).toEqual(before);
  });
});

describe('the folder of samples', () => {
  it('is made anew where a link stands, which is not followed', async () => {
    const run = await capturedRun(newFolder(), [...RULES, ...SAMPLE]);
    const copy = unfinishedCopy(run);
    const elsewhere = newFolder();
    mkdirSync(join(elsewhere, 'theirs'));
    writeFileSync(join(elsewhere, 'steps.jsonl.gz'), readFileSync(join(copy, SAMPLES)));
    rmSync(join(copy, 'rejected_samples'), { recursive: true });
    symlinkSync(elsewhere, join(copy, 'rejected_samples'));
    const before = contents(elsewhere);
    expect((await recovered(copy)).code).toBe(0);
    expect(contents(elsewhere)).toEqual(before);
    expect(linesOf(join(copy, SAMPLES))).toEqual(linesOf(join(run, SAMPLES)));
    expect(await codesOf(copy)).toEqual([]);
  });

  it('keeps what somebody put there', async () => {
    const copy = copyOf(await capturedRun(newFolder(), [...RULES, ...SAMPLE]));
    rmSync(join(copy, 'manifest.json'));
    writeFileSync(join(copy, 'rejected_samples/notes.txt'), 'look at episode 3\n');
    expect((await recovered(copy)).code).toBe(0);
    expect(readFileSync(join(copy, 'rejected_samples/notes.txt'), 'utf8')).toBe('look at episode 3\n');
  });
});
