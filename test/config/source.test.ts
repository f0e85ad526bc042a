import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { compose, type ConfigMap } from '../../src/config/index.js';
import { ConfigSource } from '../../src/config/source.js';
import { messageOf, writeTree } from './tree.js';

const MAIN = { config: 'defaults: [{db: a}]\nx: 1\n', 'db/a': 'name: a\n' };

const composed = (configPath: string, more: { configDir?: string; overrides?: string[]; env?: object }) =>
  compose({ configPath, configName: 'config', overrides: [], env: {}, ...more } as never);

const nameOf = (tree: ConfigMap): unknown => (tree.get('db') as ConfigMap).get('name');

it('searches --config-dir after the tree', () => {
  const configDir = writeTree({ 'db/a': 'name: other\n', 'db/b': 'name: b\n', 'new/c': 'y: 2\n' });
  const configPath = writeTree(MAIN);
  expect(nameOf(composed(configPath, { configDir }).tree)).toBe('a');
  expect(nameOf(composed(configPath, { configDir, overrides: ['db=b'] }).tree)).toBe('b');
  expect(composed(configPath, { configDir, overrides: ['+new=c'] }).tree.get('new')).toEqual(
    new Map([['y', 2n]]),
  );
  const source = ConfigSource.open(configPath, configDir);
  expect(source.options('db')).toEqual(['a', 'b']);
  expect(source.allConfigs()).toEqual(['config', 'db/a', 'db/b', 'new/c']);
  expect(messageOf(() => composed(configPath, { configDir, overrides: ['db=zz'] }))).toBe(
    "override 'db=zz': unknown option 'zz' for the group 'db'; valid: a, b",
  );
});

it('searches the folders of hydra.searchpath last, those of the command line instead of the config', () => {
  const first = writeTree({ 'db/b': 'name: first\n' });
  const second = writeTree({ 'db/b': 'name: second\n' });
  const configPath = writeTree({
    ...MAIN,
    config: `${MAIN.config}hydra:\n  searchpath: [file://${first}]\n`,
  });
  expect(nameOf(composed(configPath, { overrides: ['db=b'] }).tree)).toBe('first');
  const overrides = ['db=b', `hydra.searchpath=['${second}']`];
  expect(nameOf(composed(configPath, { overrides }).tree)).toBe('second');
  const configDir = writeTree({ 'db/b': 'name: dir\n' });
  expect(nameOf(composed(configPath, { overrides, configDir }).tree)).toBe('dir');
  expect(composed(configPath, { overrides }).tree.has('hydra')).toBe(false);
});

it('warns of a folder that is not there, and reads variables in its name', () => {
  const configPath = writeTree({
    ...MAIN,
    config: `${MAIN.config}hydra: {searchpath: ['\${oc.env:MORE}/b']}\n`,
  });
  const { warnings } = composed(configPath, { env: { MORE: '/nowhere' } });
  expect(warnings).toEqual([
    `${join(configPath, 'config.yaml')}:3: hydra.searchpath: there is no folder '/nowhere/b'`,
  ]);
});

it.each<[string, Record<string, string>, string[], RegExp]>([
  ['pkg://', {}, ['hydra.searchpath=[pkg://a.b]'], /'pkg:\/\/a.b' lies in a Python package/],
  ['a word', {}, ['hydra.searchpath=x'], /hydra.searchpath must be a list of folders/],
  ['numbers', {}, ['hydra.searchpath=[1]'], /hydra.searchpath must be a list of folders/],
  [
    'one below the started config',
    { 'db/a': 'name: a\nhydra: {searchpath: [x]}\n' },
    [],
    /db\/a.yaml:2: hydra.searchpath counts only in the config that is started/,
  ],
  [
    'other keys of Hydra',
    { config: 'hydra: {job: {chdir: true}}\n' },
    [],
    /the key 'hydra.job' configures Hydra's own runtime/,
  ],
])('refuses %s', (_what, files, overrides, message) => {
  const configPath = writeTree({ ...MAIN, ...files });
  expect(messageOf(() => composed(configPath, { overrides }))).toMatch(message);
});

it('refuses a pipe, and passes over links that lead in a circle and folders that cannot be listed', () => {
  const configPath = writeTree(MAIN);
  execFileSync('mkfifo', [join(configPath, 'db/pipe.yaml')]);
  symlinkSync('loop.yaml', join(configPath, 'loop.yaml'));
  symlinkSync('.', join(configPath, 'self'));
  expect(messageOf(() => composed(configPath, { overrides: ['db=pipe'] }))).toContain(
    'db/pipe.yaml is a pipe or a device, not a config file',
  );
  const missing = (configName: string): string =>
    messageOf(() => compose({ configPath, configName, overrides: [], env: {} }));
  expect(missing('loop')).toMatch(/^no config 'loop' in /);
  expect(missing('confg')).toMatch(/did you mean 'config'\?$/);
  expect(ConfigSource.open(configPath).allConfigs()).toEqual(['config', 'db/a']);
});

it('refuses a file larger than any config', () => {
  const configPath = writeTree({ ...MAIN, 'db/big': `a: ${'x'.repeat(1_000_001)}\n` });
  expect(messageOf(() => composed(configPath, { overrides: ['db=big'] }))).toMatch(
    /db\/big.yaml is larger than 1 MB$/,
  );
});

it('names the flag of a folder that is not there', () => {
  const configPath = writeTree(MAIN);
  expect(messageOf(() => composed(configPath, { configDir: join(configPath, 'dd') }))).toBe(
    `--config-dir: the folder ${join(configPath, 'dd')} does not exist; did you mean 'db'?`,
  );
});
