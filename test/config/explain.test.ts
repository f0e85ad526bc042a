import { expect, it } from 'vitest';
import { describeOrigin, explainKey, type ConfigValue, type Explanation } from '../../src/config/index.js';
import { writeTree } from './tree.js';

const TREE = {
  config:
    'defaults:\n  - policy: random\n  - _self_\n  - record: jsonl\nseed: 1\npolicy: {eps: 0.1}\nvars:\n  r: 5\n  home: ${oc.env:PLACE,none}\nenv:\n  goal_radius: ${vars.r}\n  grid_size: [8, 8]\n',
  'policy/random': 'name: random\neps: 0.5\n',
  'policy/surge': 'name: surge\neps: ${..seed}\n',
  'record/jsonl': 'backend: jsonl\n',
};

/** `[key, value, where, chosen by]`, folders cut off. */
type Row = [string, ConfigValue | undefined, string, string?];

async function explained(key: string, overrides: string[] = [], env: Record<string, string> = {}) {
  const root = writeTree(TREE);
  const found = await explainKey({ configPath: root, configName: 'config', overrides, env }, key);
  return { ...found, rows: rowsOf(found, root) };
}

const rowsOf = ({ writes }: Explanation, root: string): Row[] =>
  writes.map(({ key, value, origin, chosenBy }): Row => {
    const short = (text: string): string => text.replace(`${root}/`, '');
    const row: Row = [key, value, short(describeOrigin(origin))];
    return chosenBy === null ? row : [key, value, row[2], short(describeOrigin(chosenBy))];
  });

it('tells the files, the variable and the override that gave a value, in order', async () => {
  const { value, rows, description } = await explained(
    'record.performance.buffer.max_records',
    ['record.performance.buffer.max_records=7'],
    { PLUME_BUFFER_SIZE: '9' },
  );
  expect(value).toBe(7n);
  expect(rows).toEqual([
    ['record.performance.buffer.max_records', 9n, 'environment variable PLUME_BUFFER_SIZE=9'],
    ['record.performance.buffer.max_records', 7n, "override 'record.performance.buffer.max_records=7'"],
  ]);
  expect(description).toMatch(/^Steps collected/);
});

it('tells who chose the file', async () => {
  expect((await explained('policy.eps')).rows).toEqual([
    ['policy.eps', 0.5, 'policy/random.yaml:2', 'config.yaml:2'],
    ['policy.eps', 0.1, 'config.yaml:6'],
  ]);
  expect((await explained('policy.name', ['policy=surge'])).rows).toEqual([
    ['policy.name', 'surge', 'policy/surge.yaml:1', "override 'policy=surge'"],
  ]);
});

it('follows interpolations to the keys and variables they read', async () => {
  const radius = await explained('env.goal_radius', ['vars.r=6']);
  expect(radius.value).toBe(6n);
  expect(radius.rows).toEqual([['env.goal_radius', '${vars.r}', 'config.yaml:11']]);
  expect(radius.references.map(({ key, value }) => [key, value])).toEqual([['vars.r', 6n]]);
  expect(radius.references[0]!.writes).toHaveLength(2);
  const relative = await explained('policy.eps', ['policy=surge', '~policy.eps', '+policy.eps=${..seed}']);
  expect(relative.references.map(({ key }) => key)).toEqual(['seed']);
  const home = await explained('vars.home', [], { PLACE: 'here' });
  expect(home.variables).toEqual([{ name: 'PLACE', text: 'here' }]);
});

it('tells what an empty mapping was before keys were added', async () => {
  const added = await explained('vars.more.x', ['+vars.more={}', '+vars.more.x=1']);
  expect(added.rows).toEqual([['vars.more.x', 1n, "override '+vars.more.x=1'"]]);
  const more = await explained('vars.more', ['+vars.more={}', '+vars.more.x=1']);
  expect(more.rows).toEqual([
    ['vars.more', new Map(), "override '+vars.more={}'"],
    ['vars.more.x', 1n, "override '+vars.more.x=1'"],
  ]);
});

it('tells of deletions, and of keys below one that is replaced', async () => {
  expect((await explained('env.goal_radius', ['~env.goal_radius'])).rows).toEqual([
    ['env.goal_radius', '${vars.r}', 'config.yaml:11'],
    ['env.goal_radius', undefined, "override '~env.goal_radius'"],
  ]);
  const grid = await explained('env.grid_size', ['env.grid_size.1=9']);
  expect(grid.rows.at(-1)).toEqual(['env.grid_size.1', 9n, "override 'env.grid_size.1=9'"]);
  expect(grid.value).toEqual([8n, 9n]);
});

it('tells who left a whole group out', async () => {
  for (const key of ['record', 'record.backend']) {
    const { value, rows } = await explained(key, ['~record']);
    expect(value).toBeUndefined();
    expect(rows.at(-1)).toEqual(['record', undefined, "override '~record'"]);
  }
});

it('tells what holds when nothing sets a key of the schema', async () => {
  expect(await explained('episodes')).toMatchObject({ value: undefined, rows: [], builtIn: 2 });
});

it.each([
  ['sed', "there is no key 'sed'; did you mean 'seed'?"],
  ['seed.x', "there is no key 'seed.x'"],
])('refuses the unknown key %s', async (key, message) => {
  await expect(explained(key)).rejects.toThrow(message);
});
