import { expect, it } from 'vitest';
import { VARIABLES } from '../../src/config/environment.js';
import { compose, loadConfig, type ConfigValue } from '../../src/config/index.js';
import { describeKeys } from '../../src/config/schema-keys.js';
import { messageOf, writeTree } from './tree.js';

const PACKED = { configPath: null, configName: 'data_capture/config' };

function at(tree: ConfigValue, key: string): ConfigValue | undefined {
  let value: ConfigValue | undefined = tree;
  for (const part of key.split('.')) value = value instanceof Map ? value.get(part) : undefined;
  return value;
}

const composed = (env: Record<string, string>, overrides: string[] = []) =>
  compose({ ...PACKED, overrides, env }).tree;

it('sets keys that the schema has, each by one variable', () => {
  const keys = describeKeys().map(({ key }) => key);
  for (const key of VARIABLES.values()) expect(keys).toContain(key);
  expect(new Set(VARIABLES.values()).size).toBe(VARIABLES.size);
});

it.each<[string, string, ConfigValue]>([
  ['PLUME_RECORD_BACKEND', 'jsonl', 'jsonl'],
  ['PLUME_BUFFER_SIZE', '2000', 2000n],
  ['PLUME_BUFFER_MEMORY_MB', '0.5', 0.5],
  ['PLUME_PARQUET_COMPRESSION', 'gzip', 'gzip'],
  ['PLUME_ASYNC_IO', 'False', false],
  ['PLUME_IO_WORKERS', '4', 4n],
])('%s=%s is taken over the files', async (variable, text, expected) => {
  const key = VARIABLES.get(variable)!;
  expect(at(composed({ [variable]: text }), key)).toEqual(expected);
  await loadConfig({ ...PACKED, overrides: [], env: { [variable]: text } });
});

it('sets an option of a format where that format is recorded, and means nothing elsewhere', async () => {
  const env = { PLUME_HDF5_COMPRESSION: 'null' };
  const hdf5 = await loadConfig({ ...PACKED, overrides: ['record=hdf5'], env });
  expect(hdf5.config.record.storage.hdf5?.compression).toBeNull();
  expect(composed(env)).toEqual(composed({}));
  await expect(
    loadConfig({ ...PACKED, overrides: ['record=hdf5'], env: { PLUME_HDF5_COMPRESSION: 'zip' } }),
  ).rejects.toThrow(/hdf5\.compression: .*not 'zip'/);
});

it('ranks below the command line', () => {
  const key = 'record.performance.buffer.max_records';
  expect(at(composed({ PLUME_BUFFER_SIZE: '9' }, [`${key}=7`]), key)).toBe(7n);
});

it('takes an empty variable as not set', () => {
  expect(composed({ PLUME_BUFFER_SIZE: '' })).toEqual(composed({}));
});

it('warns of a variable that is nearly one of ours', () => {
  const env = { PLUME_BUFER_SIZE: '9', PLUME_SOMETHING_ELSE: '1', HOME: '/' };
  expect(compose({ ...PACKED, overrides: [], env }).warnings).toEqual([
    'environment variable PLUME_BUFER_SIZE is not read; did you mean PLUME_BUFFER_SIZE?',
  ]);
});

it('takes text as it is, `${` too', () => {
  const tree = composed({ PLUME_PARQUET_COMPRESSION: '${seed}' });
  expect(at(tree, 'record.storage.parquet.compression')).toBe('${seed}');
});

it('chooses the option of the group, with all that stands in its file', () => {
  const files = {
    config: 'defaults: [{record: a}]\n',
    'record/a': 'backend: a\nlevel: 1\n',
    'record/b': 'backend: b\nsize: 2\n',
  };
  const configPath = writeTree(files);
  const choose = (env: Record<string, string>, overrides: string[] = []) =>
    compose({ configPath, configName: 'config', overrides, env }).tree.get('record');
  expect(choose({ PLUME_RECORD_BACKEND: 'b' })).toEqual(
    new Map<string, ConfigValue>([
      ['backend', 'b'],
      ['size', 2n],
    ]),
  );
  expect(at(choose({ PLUME_RECORD_BACKEND: 'b' }, ['record=a'])!, 'backend')).toBe('a');
  expect(messageOf(() => choose({ PLUME_RECORD_BACKEND: 'parquet' }))).toBe(
    "environment variable PLUME_RECORD_BACKEND=parquet: unknown option 'parquet' for the group 'record'; valid: a, b",
  );
});

it('sets the key alone in a tree without the group', () => {
  const configPath = writeTree({ config: 'seed: 1\nrecord: 5\n' });
  const { tree } = compose({
    configPath,
    configName: 'config',
    overrides: [],
    env: { PLUME_RECORD_BACKEND: 'jsonl', PLUME_BUFFER_SIZE: '8' },
  });
  expect(at(tree, 'record.backend')).toBe('jsonl');
  expect(at(tree, 'record.performance.buffer.max_records')).toBe(8n);
});

it.each([
  [
    'PLUME_BUFFER_SIZE',
    'many',
    /max_records: expected an integer .*, not 'many' \(environment variable PLUME_BUFFER_SIZE=many\)/,
  ],
  ['PLUME_ASYNC_IO', 'maybe', /enabled: expected true or false, not 'maybe'/],
  ['PLUME_IO_WORKERS', '0', /worker_threads: expected an integer >= 1/],
  ['PLUME_PARQUET_COMPRESSION', 'zip', /expected snappy or gzip or lz4 or brotli or zstd or none, not 'zip'/],
])('%s=%s is refused by name', async (variable, text, message) => {
  await expect(loadConfig({ ...PACKED, overrides: [], env: { [variable]: text } })).rejects.toThrow(message);
});
