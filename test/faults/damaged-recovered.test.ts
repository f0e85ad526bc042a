import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { CaptureError } from '../../src/core/errors.js';
import { validateRun } from '../../src/validate/index.js';
import { capturedRun, newFolder } from '../fixtures/captured-run.js';
import {
  copyOf,
  digestOf,
  linesOf,
  membersOf,
  recovered,
  resumed,
  unfinishedCopy,
  type Answer,
  type SaidOfRecovery,
} from '../recover/support.js';
import { filesOf, tries } from './runs.js';

/** Numbers from 0 up to a limit that look random, and are the same the next time. */
function* numbers(seed: number): Generator<number, never, number> {
  let limit = 1;
  for (let state = seed + 1; ;) {
    state = (state * 48_271) % 2_147_483_647;
    limit = yield state % limit;
  }
}

function drawing(seed: number): (limit: number) => number {
  const drawn = numbers(seed);
  drawn.next();
  return (limit) => drawn.next(limit).value;
}

/** Recovers a run that may be no run any more; null when it is refused, in one line. */
async function recoveredOrRefused(run: string): Promise<Answer<SaidOfRecovery> | null> {
  try {
    return await recovered(run);
  } catch (error) {
    if (!(error instanceof CaptureError) || error.kind !== 'input') throw error;
    expect(error.message).not.toContain('\n');
    return null;
  }
}

describe('JSON lines', () => {
  let run: string;
  let steps: string[];
  let whole: Buffer;
  beforeAll(async () => {
    const options = ['episodes=40', 'env.max_steps=80', 'env.goal_radius=0', 'env.grid_size=[64,64]'];
    run = await capturedRun(newFolder(), options);
    steps = linesOf(join(run, 'steps.jsonl.gz'));
    whole = readFileSync(join(run, 'steps.jsonl.gz'));
    expect(membersOf(whole).length).toBeGreaterThan(8);
  });

  /** Rows in each member, and where it ends. */
  function members(): { rows: number; end: number }[] {
    let end = 0;
    return membersOf(whole).map((member) => {
      end += member.length;
      const path = join(newFolder(), 'member.gz');
      writeFileSync(path, member);
      return { rows: linesOf(path).length, end };
    });
  }

  it(
    'cut off at any byte keep exactly the records of the members that are whole',
    async () => {
      const known = members();
      const copy = unfinishedCopy(run);
      const path = join(copy, 'steps.jsonl.gz');
      const draw = drawing(5);
      const last = Array.from({ length: Math.min(whole.length, 65_536) }, (_, i) => whole.length - 1 - i);
      const some = Array.from({ length: 150 }, () => draw(whole.length));
      const random = Array.from({ length: 1000 }, () => draw(whole.length));
      const places = [...new Set(tries(1, 0) === 1 ? [...last, ...random] : some)].sort((a, b) => b - a);
      for (const [i, at] of places.entries()) {
        truncateSync(path, at);
        const kept = known.filter(({ end }) => end <= at).reduce((sum, { rows }) => sum + rows, 0);
        const { said } = await recovered(copy, true);
        expect([at, said.kept.steps]).toEqual([at, kept]);
        // and in earnest now and then
        if (i % tries(331, 25) !== 0) continue;
        const other = copyOf(copy);
        await recovered(other);
        expect(linesOf(join(other, 'steps.jsonl.gz'))).toEqual(steps.slice(0, kept));
        expect(await validateRun(other)).toMatchObject({ ok: true });
        expect(await resumed(other)).toMatchObject({ code: 0 });
        expect(digestOf(other)).toBe(digestOf(run));
      }
    },
    tries(3_600_000, 60_000),
  );

  it(
    'with a bit flipped anywhere lose one member at most, and then say so',
    async () => {
      const draw = drawing(11);
      const most = Math.max(...members().map(({ rows }) => rows));
      for (let attempt = 0; attempt < tries(800, 20); attempt++) {
        const copy = copyOf(run);
        // half of them where the records are
        const name = attempt % 2 === 0 ? 'steps.jsonl.gz' : filesOf(copy)[draw(filesOf(copy).length)]!;
        flip(join(copy, name), draw);
        expect(await validateRun(copy).catch(() => ({ ok: false }))).not.toMatchObject({
          ok: true,
          notes: 0,
        });
        const answer = await recoveredOrRefused(copy);
        if (answer === null) {
          expect(name).toBe('run.json');
          continue;
        }
        const { code, said } = answer;
        const left = linesOf(join(copy, 'steps.jsonl.gz'));
        const lost = steps.length - left.length;
        expect(lost).toBeLessThanOrEqual(most);
        const known = new Set(steps);
        expect(left.filter((line) => !known.has(line))).toEqual([]);
        if (lost > 0) expect([code, said.lost]).toEqual([3, true]);
        else expect(code).not.toBe(3);
      }
    },
    tries(1_800_000, 60_000),
  );
});

describe.each(['parquet', 'hdf5', 'sqlite'])('%s', (backend) => {
  it(
    'with a bit flipped anywhere is made a whole run again of what can be read, or refused in one line',
    async () => {
      const draw = drawing(23);
      const run = await capturedRun(newFolder(), [`record=${backend}`, 'episodes=4', 'env.goal_radius=0']);
      for (let attempt = 0; attempt < tries(400, 6); attempt++) {
        const copy = copyOf(run);
        const name = filesOf(copy)[draw(filesOf(copy).length)]!;
        flip(join(copy, name), draw);
        const answer = await recoveredOrRefused(copy);
        if (answer === null) continue;
        const { code, said } = answer;
        // nothing guards a value here: it may be another now, and contradict what stands around it
        expect([0, 1, 3]).toContain(code);
        const { ok, findings } = await validateRun(copy);
        if (code === 0) expect([name, ok, findings]).toEqual([name, true, expect.anything()]);
        expect(said.kept.steps).toBeLessThanOrEqual(80);
      }
    },
    tries(1_800_000, 60_000),
  );
});

function flip(path: string, draw: (limit: number) => number): void {
  const bytes = readFileSync(path);
  bytes[draw(statSync(path).size)]! ^= 1 << draw(8);
  rmSync(path);
  writeFileSync(path, bytes);
}
