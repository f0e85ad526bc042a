import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toYaml, type ConfigMap, type ConfigValue } from '../../src/config/index.js';
import { resolveTree } from '../../src/config/interpolation/resolve.js';
import { readYaml } from '../../src/config/yaml/read.js';
import { anyText, configValue } from './arbitrary.js';

const reread = (tree: ConfigMap): ConfigMap => resolveTree(readYaml(toYaml(tree), 'printed.yaml'), {});

it('reads back any tree to the same values, types and key order', () => {
  const tree = fc
    .array(fc.tuple(anyText, configValue(anyText)), { maxLength: 5 })
    .map((entries) => new Map(entries));
  fc.assert(
    fc.property(tree, (map) => {
      const again = reread(map);
      expect(again).toStrictEqual(map);
      expect([...again.keys()]).toEqual([...map.keys()]);
    }),
    { numRuns: 500 },
  );
});

it.each<[string, ConfigValue, string]>([
  ['integers and floats apart', [1n, 1, 1e-5, -0, 1e22], '[1, 1.0, 1e-05, -0.0, 1e+22]'],
  [
    'text that looks like something else',
    ['1', 'yes', 'null', '', 'a b', '0x1F', 'y'],
    '["1", "yes", "null", "", "a b", "0x1F", "y"]',
  ],
  [
    'plain text plain',
    ['results', 'run-20260101-000000', '/data/x.zarr'],
    '[results, run-20260101-000000, /data/x.zarr]',
  ],
  ['interpolations as text', ['${x}', '\\${x}'], '["\\\\${x}", "\\\\\\\\\\\\${x}"]'],
  ['what JSON has not', [Infinity, -Infinity, NaN], '[.inf, -.inf, .nan]'],
])('prints %s', (_what, value, text) => {
  expect(toYaml(new Map([['x', value]]))).toBe(`x: ${text}\n`);
});

it('prints nested containers in blocks', () => {
  const inner = new Map<string, ConfigValue>([
    ['a', [[1n], new Map([['b', null]])]],
    ['c', new Map()],
  ]);
  expect(toYaml(new Map([['x', [inner, 'z']]]))).toBe(
    'x:\n  - a:\n      - [1]\n      - b: null\n    c: {}\n  - z\n',
  );
});
