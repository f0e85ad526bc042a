import {
  cpSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { validateRun } from '../../src/validate/index.js';
import { capturedRun, contents, newFolder } from '../fixtures/captured-run.js';
import { copyOf, digestOf, recovered, resumed } from './support.js';

const NEW = [
  'config.yaml',
  'episodes.jsonl.gz',
  'overrides.yaml',
  'run.json',
  'steps.jsonl.gz',
  'manifest.json',
];
const OLD = ['manifest.json', 'steps.part0001.jsonl.gz'];

let run: string;
beforeAll(async () => {
  run = await capturedRun(newFolder(), ['episodes=4', 'env.goal_radius=0']);
});

/** A damaged run whose recovery was decided and then killed, after so many of the changes to its directory. */
function killedAfter(changes: number): string {
  const copy = copyOf(run);
  truncateSync(join(copy, 'steps.jsonl.gz'), 200);
  writeFileSync(join(copy, 'steps.part0001.jsonl.gz'), 'damage');
  const folder = join(copy, '.recovered');
  mkdirSync(folder);
  for (const name of NEW) cpSync(join(run, name), join(folder, name));
  writeFileSync(join(folder, 'replaces.json'), JSON.stringify({ remove: OLD }));
  const work = [
    ...OLD.map((name) => () => rmSync(join(copy, name))),
    ...NEW.map((name) => () => renameSync(join(folder, name), join(copy, name))),
    () => rmSync(join(folder, 'replaces.json')),
    () => rmSync(folder, { recursive: true }),
  ];
  for (const change of work.slice(0, changes)) change();
  return copy;
}

describe('a recovery that was killed when it had been decided', () => {
  it.each(Array.from({ length: OLD.length + NEW.length + 3 }, (_, i) => [i]))(
    'after %i changes is finished by the next, or by a resumption',
    async (changes) => {
      for (const command of [recovered, resumed]) {
        const copy = killedAfter(changes);
        expect((await command(copy)).code).toBe(0);
        expect(digestOf(copy)).toBe(digestOf(run));
        expect(contents(copy)).toEqual(contents(run));
        expect(await validateRun(copy)).toMatchObject({ ok: true, notes: 0 });
      }
    },
  );

  it('is told by validate, and not touched by a dry run', async () => {
    const copy = killedAfter(3);
    const before = contents(copy);
    const { findings } = await validateRun(copy);
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: 'file-leftover',
        file: '.recovered',
        message: expect.stringContaining('recover'),
      }),
    );
    await recovered(copy, true);
    expect(contents(copy)).toEqual(before);
  });
});

it('a recovery that was killed before that leaves nothing but a folder, which the next removes', async () => {
  const copy = copyOf(run);
  rmSync(join(copy, 'manifest.json'));
  mkdirSync(join(copy, '.recovering'));
  writeFileSync(join(copy, '.recovering', 'steps.jsonl.gz'), 'half');
  expect(await recovered(copy)).toMatchObject({ code: 0, said: { status: 'complete' } });
  expect(readdirSync(copy)).toEqual(readdirSync(run));
});

it.each<[string, (folder: string, elsewhere: string) => void]>([
  ['a link to another folder', (folder, elsewhere) => symlinkSync(elsewhere, folder)],
  [
    'a folder with a link in it',
    (folder, elsewhere) => {
      mkdirSync(folder);
      symlinkSync(elsewhere, join(folder, 'steps.jsonl.gz'));
    },
  ],
  [
    'a list that goes out of the run',
    (folder) => {
      mkdirSync(folder);
      writeFileSync(join(folder, 'steps.jsonl.gz'), '');
      writeFileSync(join(folder, 'replaces.json'), '{"remove":["../other/run.json"]}');
    },
  ],
  [
    'a list with what a run was captured with',
    (folder) => {
      mkdirSync(folder);
      writeFileSync(join(folder, 'steps.jsonl.gz'), '');
      writeFileSync(join(folder, 'replaces.json'), '{"remove":["run.json"]}');
    },
  ],
  [
    'a list that is none',
    (folder) => {
      mkdirSync(folder);
      writeFileSync(join(folder, 'steps.jsonl.gz'), '');
      writeFileSync(join(folder, 'replaces.json'), '[');
    },
  ],
])('%s, as a stranger may send it, is refused and changes nothing', async (_what, make) => {
  const copy = copyOf(run);
  const elsewhere = newFolder();
  writeFileSync(join(elsewhere, 'precious.jsonl.gz'), 'precious');
  const before = contents(copy);
  make(join(copy, '.recovered'), elsewhere);
  for (const command of [recovered, resumed]) {
    await expect(command(copy)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining('.recovered'),
    });
  }
  rmSync(join(copy, '.recovered'), { recursive: true });
  expect(contents(copy)).toEqual(before);
  expect(readdirSync(elsewhere)).toEqual(['precious.jsonl.gz']);
});
