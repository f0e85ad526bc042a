import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { scratchDirectory } from '../e2e/binary.js';
import { survives } from './hostile.js';

const CONF = fileURLToPath(new URL('../../conf', import.meta.url));
const SMALL = { episodes: '1', seed: '1' };
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const letters = 'abcdefghij'.split('');

/** Captures with a tree of configs as a stranger gives it: ours, with an experiment of theirs. */
async function captureWith(write: (path: string) => void) {
  const parent = scratchDirectory();
  const tree = join(parent, 'tree');
  cpSync(CONF, tree, { recursive: true });
  write(join(tree, 'data_capture/experiment/theirs.yaml'));
  const cwd = join(parent, 'work');
  mkdirSync(cwd);
  const outcome = await survives(['capture', '--config-path', tree, 'data_capture/experiment=theirs'], {
    cwd,
  });
  // nothing was captured, here or elsewhere
  expect([readdirSync(parent).sort(), readdirSync(cwd)]).toEqual([['tree', 'work'], []]);
  return outcome;
}

const yaml = (keys: Readonly<Record<string, string>>): string =>
  `# @package _global_\n${Object.entries({ ...SMALL, ...keys })
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('')}`;

const NAME = 'expected 1 to 128 of A-Z a-z 0-9 . _ -, not starting with a dot or dash, not';

it.each<[what: string, keys: Record<string, string>, says: string]>([
  ['an experiment above the output', { experiment: '../../escaped' }, `experiment: ${NAME} '../../escaped'`],
  ['an experiment by a whole path', { experiment: '/tmp/escaped' }, `experiment: ${NAME} '/tmp/escaped'`],
  [
    'an experiment with a NUL',
    { experiment: String.raw`"a\0b"` },
    String.raw`experiment: ${NAME} 'a\u0000b'`,
  ],
  ['an experiment of 4 KB', { experiment: 'a'.repeat(4096) }, `experiment: ${NAME} 'aaa`],
  [
    'an experiment with commands to the terminal',
    { experiment: String.raw`"\e[2J\x9b2J\u202e"` },
    String.raw`experiment: ${NAME} '\u001b[2J\u009b2J\u202e'`,
  ],
  ['a run_id above the experiment', { run_id: '../../escaped' }, `run_id: ${NAME} '../../escaped'`],
  ['a run_id of two lines', { run_id: String.raw`"a\nb"` }, String.raw`run_id: ${NAME} 'a\nb'`],
  ['an output with a NUL', { output: String.raw`"a\0b"` }, String.raw`a\u0000b`],
  ['lists 10,000 levels deep', { vars: `{a: ${nested(10_000)}}` }, 'nested more than 100 levels deep'],
  [
    'aliases that unfold to billions',
    {
      vars: `{a0: &a0 [x,x,x,x,x,x,x,x,x], ${letters.map((_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`).join(', ')}}`,
    },
    'values once aliases are followed',
  ],
  [
    'interpolations that unfold to billions',
    {
      vars: `{a0: xxxxxxxxxx, ${letters.map((_, i) => `a${i + 1}: '${`\${vars.a${i}}`.repeat(10)}'`).join(', ')}}`,
    },
    'interpolations make more than',
  ],
  ['a key __proto__', { ['__proto__']: '{episodes: 3}' }, "unknown key '__proto__'"],
  [
    'a number beyond all doubles',
    { fps: '1e999' },
    'fps: expected a number >= 0.001 and <= 1000000000, not inf',
  ],
  [
    'a grid that fills the memory',
    { env: '{grid_size: [1000000000, 1000000000]}' },
    'has more than 2^28 cells',
  ],
  ['a config above the tree', { defaults: '[../../../../etc/passwd]' }, "'..' is not supported"],
])('%s is refused in a line', async (_, keys, says) => {
  const { exitCode, stderr } = await captureWith((path) => writeFileSync(path, yaml(keys)));
  expect(stderr).toContain(says);
  expect(stderr.split('\n').length).toBeLessThanOrEqual(3);
  expect([2, 5]).toContain(exitCode);
});

it('a link out of the tree is read as the config it is to be, and does not show what it leads to', async () => {
  const secret = join(scratchDirectory(), 'secret');
  writeFileSync(secret, 'of the one who captures\n');
  const { exitCode, stderr } = await captureWith((path) => symlinkSync(secret, path));
  expect(exitCode).toBe(2);
  expect(stderr).toContain('a config file holds a mapping');
  expect(stderr).not.toContain(readFileSync(secret, 'utf8').trim());
});

it('says that lists which double at every level bring in too much', async () => {
  const levels = 30;
  const { stderr } = await captureWith((path) => {
    const folder = join(path, '../../doubling');
    mkdirSync(folder);
    writeFileSync(path, '# @package _global_\ndefaults: [/data_capture/doubling/level0@vars.a]\n');
    for (let level = 0; level < levels; level++) {
      const next = `/data_capture/doubling/level${level + 1}`;
      writeFileSync(join(folder, `level${level}.yaml`), `defaults: ["${next}@a", "${next}@b"]\n`);
    }
    writeFileSync(join(folder, `level${levels}.yaml`), 'x: 1\n');
  });
  expect(stderr).toContain('the defaults lists bring in more than 10000 files');
});
