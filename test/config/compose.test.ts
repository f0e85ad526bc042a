import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { compose, toYaml, type ComposeRequest } from '../../src/config/index.js';
import { messageOf, writeTree } from './tree.js';

const yaml = (request: Partial<ComposeRequest> & { configPath: string }): string =>
  toYaml(compose({ configName: 'config', overrides: [], env: {}, ...request }).tree);

const TREE = {
  config: 'defaults:\n  - db: pg\n  - _self_\nx: 1\nurl: ${db.kind}:${db.port}\n',
  'db/pg': 'kind: pg\nport: 5432\n',
  'db/my': 'kind: my\nport: 3306\n',
  'exp/big': '# @package _global_\ndefaults:\n  - override /db: my\nx: 2\n',
};

it.each<[string, string[], string]>([
  ['defaults', [], 'db:\n  kind: pg\n  port: 5432\nx: 1\nurl: "pg:5432"\n'],
  ['an option', ['db=my'], 'db:\n  kind: my\n  port: 3306\nx: 1\nurl: "my:3306"\n'],
  [
    'values after options, whatever their order',
    ['db.port=9', 'db=my'],
    'db:\n  kind: my\n  port: 9\nx: 1\nurl: "my:9"\n',
  ],
  [
    'an appended experiment with an override line',
    ['+exp=big'],
    'db:\n  kind: my\n  port: 3306\nx: 2\nurl: "my:3306"\n',
  ],
  [
    'a group put elsewhere',
    ['+db@two=my'],
    'db:\n  kind: pg\n  port: 5432\nx: 1\nurl: "pg:5432"\ntwo:\n  kind: my\n  port: 3306\n',
  ],
  ['a deleted group', ['~db', 'url=none'], 'x: 1\nurl: none\n'],
  [
    'added and deleted keys',
    ['+new={a: [1, 2.0]}', '~url', '++x=2'],
    'db:\n  kind: pg\n  port: 5432\nx: 2\nnew:\n  a: [1, 2.0]\n',
  ],
])('composes %s', (_what, overrides, expected) => {
  expect(yaml({ configPath: writeTree(TREE), overrides })).toBe(expected);
});

it('tells where every value came from', () => {
  const root = writeTree(TREE);
  const { origins, sources, hash } = compose({
    configPath: root,
    configName: 'config',
    overrides: ['db.port=9'],
  });
  const db = origins.entries.get('db');
  const entries = db?.kind === 'dict' ? db.entries : new Map();
  expect(entries.get('kind')?.origin).toMatchObject({ kind: 'file', file: `${root}/db/pg.yaml`, line: 1 });
  expect(entries.get('port')?.origin).toEqual({ kind: 'override', text: 'db.port=9' });
  expect(sources).toEqual([`${root}/config.yaml`, `${root}/db/pg.yaml`]);
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
});

it.each<[string, string[], string]>([
  ['db=nope', ['db=nope'], "override 'db=nope': unknown option 'nope' for the group 'db'; valid: my, pg"],
  ['db=mi', ['db=mi'], "unknown option 'mi' for the group 'db'; did you mean 'my'?"],
  ['an unknown key', ['url.x=1'], "unknown key 'url.x' in override 'url.x=1'"],
  ['a misspelt key', ['db.prot=1'], "unknown key 'db.prot' in override 'db.prot=1'; did you mean 'db.port'?"],
  [
    '+ on what is there',
    ['+x=2'],
    "override '+x=2': 'x' is there already; to change it write 'x=2', to add or change '++x=2'",
  ],
  ['null for a group', ['db=null'], "a group takes a name; to leave it out write '~db'"],
  [
    'a group that is not in the list',
    ['exp=big'],
    "the group 'exp' is not in the defaults list; to add it write '+exp=…'",
  ],
  [
    'a group under another name',
    ['+db@two=my', 'db@three=pg'],
    "the group is known as 'db' or 'db@two' here",
  ],
  ['++group', ['++db=my'], "'++' does not work for a group; write 'db=…'"],
  ['deleting what is not there', ['~nope'], "override '~nope': there is no 'nope' to delete"],
  ['deleting another value', ['~x=2'], "'x' is 1, not 2; nothing deleted"],
  ['a group that does not exist', ['no/such=x'], "there is no group 'no/such'"],
  ['hydra', ['hydra.run.dir=x'], 'this program has no Hydra runtime to configure'],
  [
    'a missing interpolation',
    ['x=${db.prot}'],
    "override 'x=${db.prot}': the interpolation '${db.prot}' finds nothing; did you mean 'db.port'?",
  ],
  ['a cycle', ['x=${url}', 'url=${x}'], 'refers to itself in a cycle'],
])('refuses %s', (_what, overrides, message) => {
  expect(messageOf(() => yaml({ configPath: writeTree(TREE), overrides }))).toContain(message);
});

it('reports every bad override at once', () => {
  const message = messageOf(() =>
    yaml({ configPath: writeTree(TREE), overrides: ['x=a=b', 'y=1', 'hydra.x=1', 'db.z=1'] }),
  );
  expect(message).toMatch(/^4 problems in the configuration:\n/);
  expect(message.split('\n')).toHaveLength(5);
});

it('refuses to put a value where a group is', () => {
  const root = writeTree({
    'env/plume/static': 'plume: static\n',
    config: 'defaults:\n  - env/plume: static\n',
  });
  for (const prefix of ['', '+', '++']) {
    expect(messageOf(() => yaml({ configPath: root, overrides: [`${prefix}env.plume=movie`] }))).toContain(
      `'env.plume' is a group; write '${prefix}env/plume=movie'`,
    );
  }
});

it.each<[string, Record<string, string | Uint8Array>, string]>([
  [
    'missing option',
    { config: 'defaults:\n  - a: nope\n', 'a/note': '' },
    "config.yaml:2: unknown option 'nope' for the group 'a'; did you mean 'note'?",
  ],
  [
    'unchosen option',
    { config: 'defaults:\n  - a: ???\n', 'a/x': '', 'a/y': '' },
    "config.yaml:2: choose an option: 'a=…'; valid: x, y",
  ],
  [
    '_self_ twice',
    { config: 'defaults:\n  - _self_\n  - _self_\n' },
    "config.yaml:3: '_self_' appears twice",
  ],
  ['itself', { config: 'defaults:\n  - config\n' }, "'config' includes itself"],
  [
    'defaults that are no list',
    { config: 'defaults:\n  a: x\n' },
    "config.yaml:2: 'defaults' must be a list",
  ],
  ['hydra', { config: 'hydra:\n  run: {dir: x}\n' }, "the key 'hydra.run' configures Hydra's own runtime"],
  [
    'hydra groups',
    { config: 'defaults:\n  - override hydra/launcher: x\n' },
    "'hydra/launcher' configures Hydra's own runtime",
  ],
  [
    'a mapping and a list',
    { config: 'defaults:\n  - a\n  - _self_\nm: [1]\n', a: 'm: {x: 1}\n' },
    "'m' is a mapping in ",
  ],
  ['bad UTF-8', { config: new Uint8Array([0x61, 0x3a, 0x20, 0xff, 0xfe]) }, 'is not UTF-8 text'],
  ['going up', { config: 'defaults:\n  - ../x\n' }, "'..' is not supported"],
])('refuses a tree with %s', (_what, files, message) => {
  expect(messageOf(() => yaml({ configPath: writeTree(files) }))).toContain(message);
});

it('names the place looked at when a config or a tree is missing', () => {
  const root = writeTree(TREE);
  expect(messageOf(() => yaml({ configPath: root, configName: 'confg' }))).toBe(
    `no config 'confg' in ${root}; did you mean 'config'?`,
  );
  expect(messageOf(() => yaml({ configPath: `${root}/bd` }))).toBe(
    `--config-path: the folder ${root}/bd does not exist; did you mean 'db'?`,
  );
  expect(messageOf(() => yaml({ configPath: `${root}/config.yaml` }))).toContain(
    'is a file; give the folder it lies in',
  );
  expect(
    messageOf(() => compose({ configPath: null, configName: 'data_capture/confg', overrides: [] })),
  ).toContain("did you mean 'data_capture/config'?");
});

it('stops interpolations that double each other', () => {
  const lines = Array.from({ length: 40 }, (_, i) => `a${i + 1}: ["\${a${i}}", "\${a${i}}"]`);
  expect(
    messageOf(() => yaml({ configPath: writeTree({ config: ['a0: [1, 2]', ...lines].join('\n') }) })),
  ).toContain('make more than 1000000 values');
});

it('reads a resolved configuration again to the same hash', () => {
  const first = compose({
    configPath: null,
    configName: 'data_capture/config',
    overrides: ['+vars.text="${oc.env:X}"', 'seed=7'],
    env: { X: 'a\\${b}' },
  });
  const again = compose({
    configPath: writeTree({ config: toYaml(first.tree) }),
    configName: 'config',
    overrides: [],
  });
  expect(again.hash).toBe(first.hash);
});

it('does not show the environment to whoever prints what was composed', () => {
  const env = { SECRET: 'hunter2' };
  const composed = compose({ configPath: writeTree(TREE), configName: 'config', overrides: [], env });
  expect(inspect(composed, { depth: 10 })).not.toContain('hunter2');
  expect(JSON.stringify(Object.keys(composed))).not.toContain('env');
});
