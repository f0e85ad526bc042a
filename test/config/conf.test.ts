import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/index.js';
import { configSchema } from '../../src/config/schema.js';
import { backends } from '../../src/backends/index.js';
import { fields } from '../../src/sim/fields/index.js';
import { policies } from '../../src/sim/policies/index.js';

const CONF = fileURLToPath(new URL('../../conf', import.meta.url));
const options = (group: string): string[] =>
  readdirSync(join(CONF, group)).map((file) => file.replace('.yaml', ''));
const load = (...overrides: string[]) =>
  loadConfig({ configPath: null, configName: 'data_capture/config', overrides, env: {} });

it('has an option for every variant, and no other', () => {
  expect(options('policy').sort()).toEqual([...policies.names].sort());
  expect(options('env/plume').sort()).toEqual([...fields.names].sort());
  for (const option of options('record')) expect(backends.names).toContain(option);
});

/** What an option cannot do without. */
const GIVEN: Readonly<Record<string, string[]>> = {
  'policy=scripted': ['policy.actions_file=a.json'],
  'policy=module': ['policy.module=./mine.js'],
  'data_capture/experiment=movie': ['movie.path=m.zarr'],
};

describe('every option', () => {
  const cases = ['policy', 'env/plume', 'movie', 'record', 'data_capture/experiment'].flatMap((group) =>
    options(group).map((option) => [`${group}=${option}`]),
  );
  it.each(cases)('%s is a valid configuration', async (override) => {
    const { config } = await load(override, ...(GIVEN[override] ?? []));
    expect(config.output).toBe('results');
  });
});

it.each(policies.names.filter((name) => GIVEN[`policy=${name}`] === undefined))(
  "policy=%s states the schema's own defaults",
  async (name) => {
    const { config } = await load(`policy=${name}`);
    const bare = configSchema.parse({ policy: { name } });
    expect(config.policy).toEqual(bare.policy);
    expect(Object.keys(config.policy).sort()).toEqual(Object.keys(bare.policy).sort());
  },
);

it("states the schema's own defaults, so that docs/config.md tells what a capture does", async () => {
  const { config } = await load();
  // what an option of a format is without its section of the file, the section says itself
  const storage = { compression: {}, parquet: {} };
  const bare = configSchema.parse({ policy: { name: 'random' }, record: { storage } });
  const { vars: _vars, ...stated } = config;
  // null is 128x128 in words
  expect({ ...stated, env: { ...stated.env, grid_size: null } }).toEqual(bare);
});

it('names the package first and the schema next, in every file of a whole configuration', () => {
  const files = [
    'data_capture/config.yaml',
    ...options('data_capture/experiment').map((name) => `data_capture/experiment/${name}.yaml`),
  ];
  for (const file of files) {
    const [first, second] = readFileSync(join(CONF, file), 'utf8').split('\n');
    expect(first).toBe('# @package _global_');
    const up = '../'.repeat(file.split('/').length - 1);
    expect(second).toBe(`# yaml-language-server: $schema=${up}schema/config.schema.json`);
  }
});
