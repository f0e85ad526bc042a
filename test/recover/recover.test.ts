import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, it } from 'vitest';
import { validateRun } from '../../src/validate/index.js';
import { bgzf } from '../fixtures/bgzf.js';
import { capturedRun, contents, newFolder } from '../fixtures/captured-run.js';
import { copyOf, digestOf, linesOf, membersOf, recovered, unfinishedCopy, writeMembers } from './support.js';

const LINES_A_MEMBER = 7;

let run: string;
let steps: string[];
let episodes: string[];
beforeAll(async () => {
  run = await capturedRun(newFolder(), [
    'episodes=6',
    'env.goal_radius=0',
    'seed=5',
    'env.grid_size=[64,64]',
    'parquet=true',
  ]);
  steps = linesOf(join(run, 'steps.jsonl.gz'));
  episodes = linesOf(join(run, 'episodes.jsonl.gz'));
  expect(steps.length).toBe(120);
});

/** The run without its manifest, its records in small members, of which some are taken. */
function cutRun({
  steps: keep = Infinity,
  episodes: records = Infinity,
}: {
  steps?: number;
  episodes?: number;
}): string {
  const copy = unfinishedCopy(run);
  rmSync(join(copy, 'steps.parquet'));
  rmSync(join(copy, 'episodes.parquet'));
  for (const [name, lines, count] of [
    ['steps.jsonl.gz', steps, keep],
    ['episodes.jsonl.gz', episodes, records],
  ] as const) {
    writeFileSync(join(copy, name), bgzf(lines.slice(0, count), LINES_A_MEMBER));
    // what a writer that is killed leaves has no end block
    if (count !== Infinity) truncateSync(join(copy, name), readFileSync(join(copy, name)).length - 28);
  }
  return copy;
}

const stepLines = (path: string): string[] => linesOf(join(path, 'steps.jsonl.gz'));
const recordLines = (path: string): string[] => linesOf(join(path, 'episodes.jsonl.gz'));

describe('a run that was killed', () => {
  it('becomes the complete one when only its manifest is missing', async () => {
    const copy = unfinishedCopy(run);
    const { code, said } = await recovered(copy);
    expect(code).toBe(0);
    expect(said).toMatchObject({ outcome: 'recovered', lost: false, status: 'complete', rebuilt: 0 });
    expect(said.content_digest).toBe(digestOf(run));
    expect(await validateRun(copy)).toMatchObject({ ok: true, notes: 0 });
    expect(readdirSync(copy)).toEqual(readdirSync(run));
  });

  it('keeps the steps of the episode it was in, and gets records for those that ended', async () => {
    const copy = cutRun({ steps: 70, episodes: 1 });
    const { code, said } = await recovered(copy);
    expect(code).toBe(0);
    expect(said).toMatchObject({
      status: 'recovered',
      rebuilt: 2,
      kept: { episodes: 3, steps: 70 },
      lost: false,
    });
    expect(stepLines(copy)).toEqual(steps.slice(0, 70));
    // all but the time is as the capture would have written it, which under `clock: sim` writes none
    expect(recordLines(copy)).toEqual(episodes.slice(0, 3));
    expect(await validateRun(copy)).toMatchObject({ ok: true });
    // Parquet beside it is made anew as well
    expect(existsSync(join(copy, 'steps.parquet'))).toBe(true);
  });

  it('drops records whose steps are not there, which it says', async () => {
    const copy = cutRun({ steps: 45, episodes: 5 });
    const { code, said } = await recovered(copy);
    expect(code).toBe(3);
    expect(said).toMatchObject({
      kept: { episodes: 2, steps: 45 },
      dropped: { bytes: 0, episodes: 3 },
      lost: true,
    });
    expect(await validateRun(copy)).toMatchObject({ ok: true });
    const { recovery } = JSON.parse(readFileSync(join(copy, 'manifest.json'), 'utf8')) as {
      recovery: object;
    };
    expect(recovery).toMatchObject({
      kind: 'recovered',
      kept: { episodes: 2, steps: 45 },
      dropped: { episodes: 3 },
    });
  });

  it('is not changed by a dry run, which says the same', async () => {
    const copy = cutRun({ steps: 45, episodes: 5 });
    const before = contents(copy);
    expect(await recovered(copy, true)).toMatchObject({
      code: 3,
      said: { outcome: 'planned', kept: { steps: 45 } },
    });
    expect(contents(copy)).toEqual(before);
  });

  it('is not changed when it is recovered again', async () => {
    const copy = cutRun({ steps: 70, episodes: 1 });
    await recovered(copy);
    const before = contents(copy);
    expect(await recovered(copy)).toMatchObject({ code: 0, said: { outcome: 'whole' } });
    expect(contents(copy)).toEqual(before);
  });

  it('is a run of no records when none came to the disk', async () => {
    const copy = cutRun({ steps: 0, episodes: 0 });
    const { code, said } = await recovered(copy);
    expect(code).toBe(0);
    expect(said).toMatchObject({ status: 'recovered', kept: { episodes: 0, steps: 0 } });
    expect(await validateRun(copy)).toMatchObject({ ok: true });
  });
});

it('a run whose SQLite file has no tables yet has nothing but to go on, and is said to be unfinished only', async () => {
  const sqlite = await capturedRun(newFolder(), ['record=sqlite']);
  const copy = unfinishedCopy(sqlite);
  const path = join(copy, 'run.sqlite');
  rmSync(path);
  const db = new Database(path);
  db.pragma('user_version = 1');
  db.close();
  const errors = async (): Promise<string[]> =>
    (await validateRun(copy)).findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);
  expect(await errors()).toEqual(['unfinished']);
  // in a finished run it is damage
  writeFileSync(join(copy, 'manifest.json'), readFileSync(join(sqlite, 'manifest.json')));
  expect(await errors()).toContain('sqlite-empty');
  rmSync(join(copy, 'manifest.json'));
  expect(await recovered(copy)).toMatchObject({
    code: 0,
    said: { lost: false, kept: { episodes: 0, steps: 0 } },
  });
});

describe('a file that was cut off anywhere', () => {
  it('gives the records of its whole members, and no others', async () => {
    const whole = readFileSync(join(cutRun({}), 'steps.jsonl.gz'));
    const members = membersOf(whole);
    // every byte of the last three members, the end block among them
    const first = whole.length - members.slice(-3).reduce((sum, { length }) => sum + length, 0);
    const places = Array.from(
      { length: 60 },
      (_, i) => first + Math.floor((i * (whole.length - first)) / 60),
    );
    for (const at of places) {
      const copy = cutRun({ episodes: 0 });
      truncateSync(join(copy, 'steps.jsonl.gz'), at);
      let end = 0;
      const kept = members.filter((member) => (end += member.length) <= at).length;
      const count = Math.min(120, kept * LINES_A_MEMBER);
      const { code, said } = await recovered(copy);
      expect(stepLines(copy)).toEqual(steps.slice(0, count));
      expect(said.kept.steps).toBe(count);
      const left = at - members.slice(0, kept).reduce((sum, { length }) => sum + length, 0);
      // bytes of the end block are no records
      const isLost = left > 0 && count < 120;
      expect([at, code]).toEqual([at, isLost ? 3 : 0]);
      if (isLost) expect(said.dropped.bytes).toBe(left);
      expect(await validateRun(copy)).toMatchObject({ ok: true });
    }
  }, 60_000);
});

describe('a finished run that was damaged', () => {
  /** The run as it was captured, but in small members, with what changes them. */
  async function damaged(change: (members: Buffer[]) => Buffer[]): Promise<string> {
    const copy = cutRun({});
    await recovered(copy);
    const path = join(copy, 'steps.jsonl.gz');
    writeFileSync(path, bgzf(steps, LINES_A_MEMBER));
    writeMembers(path, change(membersOf(readFileSync(path))));
    return copy;
  }
  const flip = (member: Buffer, at: number): Buffer => {
    const copy = Buffer.from(member);
    copy[at]! ^= 4;
    return copy;
  };

  it.each([
    ['its data', 30],
    ['its checksum', -6],
    ['its length', -2],
    ['its size', 16],
    ['its mark', 0],
  ])('loses the one member that has a bit flipped in %s, and says where', async (_what, at) => {
    const copy = await damaged((members) =>
      members.map((member, i) => (i === 5 ? flip(member, at < 0 ? member.length + at : at) : member)),
    );
    const { code, said } = await recovered(copy);
    expect(code).toBe(3);
    expect(stepLines(copy)).toEqual([...steps.slice(0, 35), ...steps.slice(42)]);
    // the last of the seven is the second step of the third episode
    const gap = { after: { episode: 'ep-000002', step: 15 }, before: { episode: 'ep-000003', step: 3 } };
    expect(said.gaps).toEqual([gap]);
    expect(said).toMatchObject({ state: 'damaged', status: 'recovered', kept: { episodes: 6, steps: 113 } });
    expect(await validateRun(copy)).toMatchObject({ ok: true });
    expect(await recovered(copy)).toMatchObject({ code: 0, said: { outcome: 'whole' } });
  });

  it('names every episode that lacks steps when more than one member is gone', async () => {
    // the end of the second episode, all of the third, the beginning of the fourth
    const copy = await damaged((members) => members.filter((_, i) => i < 4 || i > 9));
    const { code, said } = await recovered(copy);
    expect([code, stepLines(copy).length]).toEqual([3, 120 - 42]);
    expect(said.gaps).toEqual([
      { after: { episode: 'ep-000002', step: 8 }, before: { episode: 'ep-000003', step: null } },
      { after: { episode: 'ep-000003', step: null }, before: { episode: 'ep-000004', step: 11 } },
    ]);
    expect(await validateRun(copy)).toMatchObject({ ok: true });
  });

  it('loses nothing when the bit stands for nothing', async () => {
    const copy = await damaged((members) => members.map((member, i) => (i === 5 ? flip(member, 9) : member)));
    const { code, said } = await recovered(copy);
    expect(code).toBe(0);
    expect(said).toMatchObject({ lost: false, status: 'complete', content_digest: digestOf(run) });
    expect(stepLines(copy)).toEqual(steps);
  });

  it('says nothing of a member that is there twice, but keeps it and names the place', async () => {
    const copy = await damaged((members) => [...members.slice(0, 4), members[3]!, ...members.slice(4)]);
    const { code, said } = await recovered(copy);
    expect(code).toBe(3);
    expect(said.gaps).toHaveLength(1);
  });

  it('gets back the configuration, which run.json has as well', async () => {
    const copy = copyOf(run);
    const path = join(copy, 'config.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace('max_steps: 20', 'max_steps: 29'));
    expect(await validateRun(copy)).toMatchObject({ ok: false });
    expect(await recovered(copy)).toMatchObject({ code: 0, said: { lost: false, status: 'complete' } });
    expect(readFileSync(path, 'utf8')).toBe(readFileSync(join(run, 'config.yaml'), 'utf8'));
  });

  it('gets a manifest for one that cannot be read', async () => {
    const copy = copyOf(run);
    writeFileSync(join(copy, 'manifest.json'), '{');
    expect(await recovered(copy)).toMatchObject({ code: 0, said: { status: 'complete' } });
    expect(digestOf(copy)).toBe(digestOf(run));
  });
});

describe('what is no run to recover', () => {
  it('is left alone when it is whole', async () => {
    const before = contents(run);
    expect(await recovered(run)).toMatchObject({ code: 0, said: { outcome: 'whole' } });
    expect(contents(run)).toEqual(before);
  });

  it('is refused with files that nobody can read', async () => {
    const copy = unfinishedCopy(run);
    for (const name of ['steps', 'episodes']) {
      rmSync(join(copy, `${name}.jsonl.gz`));
      rmSync(join(copy, `${name}.parquet`));
    }
    writeFileSync(join(copy, 'run.mine'), 'x');
    await expect(recovered(copy)).rejects.toMatchObject({
      kind: 'input',
      hint: expect.stringContaining('--backend'),
    });
    expect(existsSync(join(copy, 'run.mine'))).toBe(true);
  });

  it('is refused when plume_nav_sim wrote it', async () => {
    const upstream = new URL('../golden/upstream-runs/upstream-demo/run-20261120-232758', import.meta.url)
      .pathname;
    await expect(recovered(upstream)).rejects.toMatchObject({ kind: 'input' });
  });

  it('is refused when something else is called as what a recovery leaves', async () => {
    const copy = unfinishedCopy(run);
    mkdirSync(join(copy, '.recovered'));
    writeFileSync(join(copy, '.recovered', 'replaces.json'), '{"remove": ["../../precious"]}');
    writeFileSync(join(copy, '.recovered', 'steps.jsonl.gz'), '');
    await expect(recovered(copy)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining('nothing that a recovery'),
    });
  });
});
