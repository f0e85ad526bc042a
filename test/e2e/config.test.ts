import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { capture, plume, scratchDirectory } from './binary.js';

const FLAG_ERRORS: readonly [string, string[], string][] = [
  ['--resolve alone', ['--resolve'], '--resolve goes with --cfg job'],
  ['--package alone', ['-p', 'env'], '--package goes with --cfg job'],
  ['--jobs alone', ['--jobs', '2'], '--jobs goes with --multirun'],
  ['--cfg with --info', ['--cfg', 'job', '--info', 'config'], '--cfg and --info print different things'],
  ['a command after flags', ['-cp', 'x', 'config', 'explain', 'seed'], "the command 'config' comes first"],
  ['JSON of what it cannot hold', ['--cfg', 'job', '--json', '+vars.x=inf'], '--json: vars.x is inf'],
  ['escape sequences', ['--\u001b[31mfoo'], "unknown option '--\\u001b[31mfoo'"],
  ["Hydra's way to a sweep", ['hydra.mode=MULTIRUN'], 'to run a sweep add --multirun (-m)'],
  ['a part that is not there', ['--cfg', 'job', '-p', 'env.wnd'], "there is no 'env.wnd' in the config"],
  [
    '--cfg of a sweep',
    ['-m', 'seed=1,2', '--cfg', 'job'],
    '--cfg shows the config of one run, not of a sweep',
  ],
  ['--info of a sweep', ['-m', 'seed=1,2', '--info', 'defaults'], '--info shows the config of one run'],
  ["Hydra's own config", ['--cfg', 'hydra'], 'Allowed choices are job'],
  ['a folder that is not there', ['-cd', 'nowhere'], '--config-dir: the folder nowhere does not exist'],
];

it.each(FLAG_ERRORS)('refuses %s in one line', async (_what, args, message) => {
  const cwd = scratchDirectory();
  const { exitCode, stdout, stderr } = await plume(args, { cwd });
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

it('shows a config as it is written, and resolved when asked', async () => {
  const args = ['--cfg', 'job', '-p', 'env.goal_radius', '+vars.r=3', 'env.goal_radius=${vars.r}'];
  expect((await plume(args)).stdout).toBe('"${vars.r}"');
  expect((await plume([...args, '--resolve'])).stdout).toBe('3');
  const wind = await plume(['--cfg', 'job', '--package', 'env.wind', 'env.wind.speed=2.5']);
  expect(wind.stdout).toBe(
    '# @package env.wind\nenabled: false\ndirection_deg: 0.0\nspeed: 2.5\nvector: null\nnoise_std: 0.0',
  );
  const json = await plume(['--cfg', 'job', '--package', 'env.wind', '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({ enabled: false, speed: 1 });
});

it('explains a key, for people and for programs', async () => {
  const env = { PLUME_BUFFER_SIZE: '9' };
  const key = 'record.performance.buffer.max_records';
  const text = await plume(['config', 'explain', key, `${key}=7`], { env });
  const [head, , , ...writes] = text.stdout.split('\n');
  expect(head).toBe(`${key}: 7`);
  expect(writes.map((line) => line.trim().replace(/ +/g, ' '))).toEqual([
    expect.stringMatching(/^4096 \S*conf\/record\/jsonl.yaml:\d+ chosen by \S*config.yaml:\d+$/),
    '9 environment variable PLUME_BUFFER_SIZE=9',
    `7 override '${key}=7'`,
  ]);
  const json = await plume(['config', 'explain', key, '--json'], { env });
  expect(JSON.parse(json.stdout)).toMatchObject({
    key,
    value: 9,
    set: true,
    writes: [
      { value: 4096, origin: { kind: 'file' }, chosen_by: { kind: 'file' } },
      {
        value: 9,
        origin: { kind: 'environment', variable: 'PLUME_BUFFER_SIZE', text: '9' },
        chosen_by: null,
      },
    ],
  });
  const unknown = await plume(['config', 'explain', 'env.grid']);
  expect(unknown).toMatchObject({ exitCode: 2, stdout: '' });
  expect(unknown.stderr).toContain("did you mean 'env.grid_size'?");
});

it('explains keys with control characters without sending them to the terminal', async () => {
  const cwd = scratchDirectory();
  writeFileSync(join(cwd, 'c.yaml'), 'vars: {"k\\e[32m": 1, "v": "\\e[31m\\u202e"}\n');
  const { stdout, exitCode } = await plume(['config', 'explain', 'vars', '-cp', '.', '-cn', 'c'], { cwd });
  expect(exitCode).toBe(0);
  expect(stdout).toContain('vars.k\\u001b[32m');
  expect(stdout).not.toMatch(/[\u001b\u202e]/);
});

it('prints how a config comes about as JSON', async () => {
  const { stdout } = await plume(['--info', 'config', '--json', 'policy=surge_and_cast']);
  const info = JSON.parse(stdout) as {
    defaults: { config_path: string; package: string }[];
    searchpath: { provider: string }[];
    defaults_tree: { children: { label: string }[] };
    config: { seed: number };
  };
  expect(info.defaults).toContainEqual({
    config_path: 'policy/surge_and_cast',
    package: 'policy',
    is_self: false,
    parent: 'data_capture/config',
  });
  expect(info.defaults_tree.children).toContainEqual({ label: 'policy: surge_and_cast' });
  expect(info.searchpath).toMatchObject([{ provider: 'main' }]);
  expect(info.config.seed).toBe(123);
});

it('warns of a search path that is not there, and goes on', async () => {
  const { exitCode, stderr } = await plume(['hydra.searchpath=[nowhere]', '--dry-run']);
  expect({ exitCode, stderr }).toEqual({
    exitCode: 0,
    stderr: "warning: override 'hydra.searchpath=[nowhere]': hydra.searchpath: there is no folder 'nowhere'",
  });
});

it('captures the same again from the config that a run keeps', async () => {
  const cwd = scratchDirectory();
  mkdirSync(join(cwd, 'more/policy'), { recursive: true });
  writeFileSync(join(cwd, 'more/policy/mine.yaml'), 'name: surge_and_cast\npersistence: ${vars.p}\n');
  const first = await capture(
    ['-cd', 'more', 'policy=mine', '+vars.p=3', '--seed', '5', 'env.max_steps=40', '--parquet'],
    { cwd },
  );
  const again = await capture(['--config-path', first.run_dir, '--config-name', 'config'], { cwd });
  expect(again.run_dir).not.toBe(first.run_dir);
  expect(again.config_hash).toBe(first.config_hash);
  expect(again.content_digest).toBe(first.content_digest);
  const other = await capture(['-cp', first.run_dir, '-cn', 'config', 'seed=6'], { cwd });
  expect(other.content_digest).not.toBe(first.content_digest);
});
