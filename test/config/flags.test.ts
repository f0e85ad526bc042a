import { expect, it } from 'vitest';
import { compose, flagOverrides, type CaptureFlags } from '../../src/config/index.js';
import { messageOf } from './tree.js';

it.each<[CaptureFlags, string[]]>([
  [{}, []],
  [
    { output: 'results', experiment: 'demo', episodes: '2', seed: '100', grid: '8x8' },
    ['output=results', 'experiment=demo', 'episodes=2', 'seed=100', 'env.grid_size=[8,8]'],
  ],
  [
    { actionType: 'discrete', maxSteps: '10', parquet: true, rotateSize: '1000' },
    ['env.action_type=discrete', 'env.max_steps=10', 'rotate_size=1000', 'parquet=true'],
  ],
  [{ seed: '-1' }, ['seed=-1']],
  [{ output: "my dir/a=b,'c'" }, ["output='my dir/a=b,\\'c\\''"]],
  [{ experiment: '123' }, ["experiment='123'"]],
])('turns %j into overrides', (flags, overrides) => {
  expect(flagOverrides(flags)).toEqual(overrides);
});

it.each([
  'a b',
  "it's",
  'a=b',
  '${x}',
  '\\${x}',
  'C:\\dir\\',
  '中',
  '1',
  'null',
  '~',
  '[x]',
  'a, b',
  ' lead',
  'x\ty',
])('passes --output %s as it is', (output) => {
  const { tree } = compose({
    configPath: null,
    configName: 'data_capture/config',
    overrides: flagOverrides({ output }),
  });
  expect(tree.get('output')).toBe(output);
});

it.each<[CaptureFlags, string]>([
  [{ grid: '8' }, "--grid: expected WIDTHxHEIGHT in cells, such as 64x64, not '8'"],
  [{ grid: '0x8' }, "--grid: expected WIDTHxHEIGHT in cells, such as 64x64, not '0x8'"],
  [{ grid: '8x-8' }, '--grid: expected WIDTHxHEIGHT'],
  [{ episodes: '1.5' }, "--episodes: expected an integer, not '1.5'"],
  [{ seed: 'x' }, "--seed: expected an integer, not 'x'"],
  [{ output: '' }, "--output: expected some text, not ''"],
])('refuses %j', (flags, message) => {
  expect(messageOf(() => flagOverrides(flags))).toContain(message);
});
