import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { toValue } from '../../src/config/node.js';
import { readYaml } from '../../src/config/yaml/read.js';
import { BINARY } from '../e2e/binary.js';
import { findPeers } from './python.js';

const peers = findPeers(['hydra']);
const APP = fileURLToPath(new URL('hydra_app.py', import.meta.url));
const CONF = fileURLToPath(new URL('../../conf', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'plume-app-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TREE = join(folder, 'tree');
const MORE = join(folder, 'more');
const LAST = join(folder, 'last');
const FILES: Readonly<Record<string, string>> = {
  'tree/config.yaml':
    'defaults:\n  - _self_\n  - db: pg\n  - server/http@web: fast\n  - optional ui: none\n  - list: [a, b]\n  - nothing: null\nurl: ${db.kind}:${db.port}\nflag: on\nempty: {}\n',
  'tree/db/pg.yaml': 'defaults:\n  - base\nkind: pg\nport: 5_432\n',
  'tree/db/base.yaml': 'timeout: 1e3\nname: "${url}"\n',
  'tree/server/http/fast.yaml': 'threads: 8\nfull: [1, {a: "${...threads}"}]\n',
  'tree/list/a.yaml': 'x: 1\n',
  'tree/list/b.yaml': '# @package _global_\ny: 2\n',
  'tree/nothing/some.yaml': 'z: 1\n',
  'more/db/my.yaml': 'kind: my\nport: 3306\n',
  'more/db/pg.yaml': 'kind: not taken\n',
  'last/db/my.yaml': 'kind: not taken either\n',
  'last/db/lite.yaml': 'kind: lite\nport: null\n',
};
for (const [path, text] of Object.entries(FILES)) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function theirs(args: readonly string[]): { status: number | null; stdout: string } {
  const options = { cwd: folder, encoding: 'utf8' } as const;
  const { status, stdout } = spawnSync(peers.python!, [APP, ...args], options);
  return { status, stdout };
}

/** With Hydra's own short flags, and the config's name as its application has it. */
const ours = (args: readonly string[]): string =>
  execFileSync(process.execPath, [BINARY, '-cn', 'config', ...args], { cwd: folder, encoding: 'utf8' });

const value = (yaml: string): unknown => toValue(readYaml(yaml, 'printed'));

const SHOWN: readonly (readonly string[])[] = [
  ['-cp', TREE],
  ['-cp', TREE, '--resolve'],
  ['-cp', TREE, '-p', 'db'],
  ['-cp', TREE, '--resolve', '-p', 'web.full.1'],
  ['-cp', TREE, '-p', '_global_'],
  ['-cp', TREE, 'db.port=9', '+new={a: [1, 2.0], b: "${url}"}', '~flag', 'nothing=some'],
  ['-cp', TREE, '-cd', MORE, 'db=my'],
  ['-cp', TREE, '-cd', MORE, 'db=pg'],
  ['-cp', TREE, '-cd', MORE, `hydra.searchpath=["file://${LAST}"]`, 'db=my'],
  ['-cp', TREE, `hydra.searchpath=["file://${LAST}"]`, 'db=lite'],
  ['-cp', CONF, '-cn', 'data_capture/config', 'env/plume=movie', 'policy=surge_and_cast'],
];

const INFO: readonly (readonly string[])[] = [
  ['-cp', TREE],
  ['-cp', TREE, 'nothing=some', 'list=[b]'],
  ['-cp', TREE, '~db', 'server/http@web=fast'],
  ['-cp', CONF, '-cn', 'data_capture/config', 'policy=surge_and_cast'],
];

/** Lines of a table or tree without those of Hydra's own configs, and without the width of columns. */
function infoLines(text: string): string[] {
  return text
    .replace(/^<root>:\n(?: {2}hydra\/config:\n(?: {4}.*\n)*)?/m, '')
    .split('\n')
    .filter((line) => !/^\| hydra\/|^$|^-+$/.test(line))
    .map((line) =>
      line
        .replace(/ +\|/g, ' |')
        .replace(/ \((?:deleted|no such config)\)$/, '')
        .trim(),
    );
}

describe.skipIf(peers.python === null)(`as an application of Hydra shows it (${peers.reason})`, () => {
  it.each(SHOWN.map((args) => [args.join(' '), args] as const))('--cfg job %s', (_text, args) => {
    const { status, stdout } = theirs(['--cfg', 'job', ...args]);
    expect(status).toBe(0);
    const printed = ours(['--cfg', 'job', ...args]);
    expect(value(printed)).toEqual(value(stdout));
    expect(printed.startsWith('# @package')).toBe(stdout.startsWith('# @package'));
  });

  for (const what of ['defaults', 'defaults-tree']) {
    it.each(INFO.map((args) => [args.join(' '), args] as const))(`--info ${what} %s`, (_text, args) => {
      const { stdout } = theirs(['--info', what, ...args]);
      const expected = infoLines(stdout);
      expect(expected.length).toBeGreaterThan(4);
      expect(infoLines(ours(['--info', what, ...args]))).toEqual(expected);
    });
  }

  it('--info searchpath', () => {
    const args = ['-cp', TREE, '-cd', MORE, `hydra.searchpath=["file://${LAST}"]`];
    const expected = infoLines(theirs(['--info', 'searchpath', ...args]).stdout).filter(
      (line) => !/pkg:\/\/hydra|structured:/.test(line),
    );
    expect(infoLines(ours(['--info', 'searchpath', ...args]))).toEqual(expected);
  });

  it('refuses a part that is not there', () => {
    expect(theirs(['--cfg', 'job', '-cp', TREE, '-p', 'dbb']).status).toBe(1);
    expect(() => ours(['--cfg', 'job', '-cp', TREE, '-p', 'dbb'])).toThrow(/did you mean 'db'/);
  });
});
