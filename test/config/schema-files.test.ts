import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { keysTable, variablesTable } from '../../src/config/docs-table.js';
import { jsonSchema, schemaFiles } from '../../src/config/json-schema.js';

/** `UPDATE=1 npx vitest run test/config/schema-files.test.ts` writes what is generated. */
const update = process.env['UPDATE'] === '1';
const root = fileURLToPath(new URL('../..', import.meta.url));

function expectFile(path: string, expected: string): void {
  const file = join(root, path);
  if (update) writeFileSync(file, expected);
  expect(readFileSync(file, 'utf8')).toBe(expected);
}

it.each(Object.entries(schemaFiles()))('conf/schema/%s is what the code says', (name, schema) => {
  expectFile(join('conf/schema', name), `${JSON.stringify(schema, null, 2)}\n`);
});

describe('editors', () => {
  /** What an editor with the YAML language server makes of a file: what it finds wrong with its text. */
  function problems(file: string, text: string): string[] {
    const named = /^# yaml-language-server: \$schema=(\S+)$/m.exec(text)?.[1];
    expect(named, `${file} names its schema`).toBeDefined();
    const schema = JSON.parse(readFileSync(join(root, dirname(file), named!), 'utf8')) as AnySchema;
    const check = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);
    if (check(parse(text))) return [];
    return check.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
  }

  const files = readdirSync(join(root, 'conf'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join('conf', name));
  const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

  it.each(files)('find nothing wrong with %s, which holds what the schema it names is for', (file) => {
    const text = textOf(file);
    expect(problems(file, text)).toEqual([]);
    // where its content goes, as Hydra reads it: the header, which must come first, else the group
    const package_ =
      /^# @package (\S+)\n/.exec(text)?.[1] ?? relative('conf', dirname(file)).replaceAll('/', '.');
    expect(text).toContain(`/schema/${package_ === '_global_' ? 'config' : package_}.schema.json\n`);
    if (text.includes('# @package')) expect(text).toMatch(/^# @package/);
  });

  it.each(files)('find an unknown key in %s', (file) => {
    expect(problems(file, `${textOf(file)}\nnonsense: 1\n`)).toContainEqual(
      expect.stringContaining('must NOT have additional properties'),
    );
  });

  it.each([
    ['conf/policy/surge_and_cast.yaml', 'persistence: 1', 'persistence: often'],
    ['conf/policy/surge_and_cast.yaml', 'persistence: 1', 'persistance: 1'],
    ['conf/policy/random.yaml', 'name: random', 'name: randon'],
    ['conf/env/plume/static.yaml', '[128, 128]', '[128]'],
    ['conf/env/plume/static.yaml', '[128, 128]', '[128, wide]'],
    ['conf/movie/default.yaml', 'step_policy: wrap', 'step_policy: loop'],
    ['conf/record/jsonl.yaml', 'level: 3', 'level: 30'],
    ['conf/data_capture/config.yaml', 'episodes: 2', 'episodes: 2.5'],
    ['conf/data_capture/config.yaml', '  max_steps: 1000', '  max_step: 1000'],
    ['conf/data_capture/experiment/surge_and_cast.yaml', 'reward_type: sparse', 'reward_type: 3'],
  ])('find what is wrong in %s with %s as %s', (file, right, wrong) => {
    const text = textOf(file);
    expect(text).toContain(right);
    expect(problems(file, text.replace(right, wrong))).not.toEqual([]);
  });

  it.each([
    ['conf/policy/surge_and_cast.yaml', 'persistence: 4\n'],
    ['conf/policy/surge_and_cast.yaml', 'defaults:\n  - random\nname: ${vars.policy}\n'],
    ['conf/env/plume/static.yaml', 'grid_size: ${vars.size}\n'],
    ['conf/movie/default.yaml', 'path: ???\n'],
    ['conf/record/jsonl.yaml', 'defaults: [other, _self_]\n'],
    ['conf/data_capture/config.yaml', 'env: {wind: {speed: 2}}\nvars: {anything: [1, {a: b}]}\n'],
  ])('leave a file in the place of %s alone that states only %j', (file, content) => {
    const head = textOf(file)
      .split('\n')
      .filter((line) => /^# (?:@package|yaml-language)/.test(line));
    expect(problems(file, `${head.join('\n')}\n${content}`)).toEqual([]);
  });
});

it.each([
  ['keys', keysTable(jsonSchema())],
  ['variables', variablesTable()],
])('docs/config.md lists the %s the code has', (what, table) => {
  const page = readFileSync(join(root, 'docs/config.md'), 'utf8');
  const [begin, end] = [`<!-- ${what} -->\n`, `<!-- end of ${what} -->`];
  const head = page.slice(0, page.indexOf(begin) + begin.length);
  expectFile('docs/config.md', `${head}\n${table}\n${page.slice(page.indexOf(end))}`);
});

it('docs/config.md gives a reason for every difference the peer tests allow', async () => {
  const page = readFileSync(join(root, 'docs/config.md'), 'utf8');
  const { REASON_TITLES } = await import('../peers/hydra-cases/deliberate.js');
  for (const title of REASON_TITLES) expect(page).toContain(`**${title}.**`);
});
