import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compose, type ConfigValue } from '../../src/config/index.js';
import { mergeInto } from '../../src/config/merge.js';
import { toNode, toValue, type DictNode } from '../../src/config/node.js';
import { toYaml } from '../../src/config/to-yaml.js';
import { writeTree } from './tree.js';

/** Few keys, so that they meet, and no list where another has a mapping, which cannot be merged. */
const leaf: fc.Arbitrary<ConfigValue> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.bigInt({ min: -9n, max: 9n }),
  fc.constantFrom('a', '???', ''),
);
const mapping = (inner: fc.Arbitrary<ConfigValue>): fc.Arbitrary<Map<string, ConfigValue>> =>
  fc
    .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', '1', '0'), inner), {
      selector: ([key]) => key,
      maxLength: 5,
    })
    .map((entries) => new Map(entries));
const { tree } = fc.letrec<{ tree: Map<string, ConfigValue>; value: ConfigValue }>((tie) => ({
  tree: mapping(tie('value')),
  value: fc.oneof({ depthSize: 'small' }, leaf, tie('tree')),
}));

const node = (map: Map<string, ConfigValue>): DictNode =>
  toNode(map, { kind: 'override', text: 'test' }) as DictNode;

function merged(...maps: Map<string, ConfigValue>[]): Map<string, ConfigValue> {
  const into = node(new Map());
  for (const map of maps) mergeInto(into, node(map));
  return toValue(into) as Map<string, ConfigValue>;
}

/** Compared as text, so that the order of keys counts. */
const shown = (map: Map<string, ConfigValue>): string => toYaml(map);

it('leaves every key where it was and adds new ones at the end, in their order', () => {
  fc.assert(
    fc.property(tree, tree, (a, b) => {
      const added = [...b.keys()].filter((key) => !a.has(key));
      expect([...merged(a, b).keys()]).toEqual([...a.keys(), ...added]);
    }),
  );
});

it('changes nothing the second time', () => {
  fc.assert(
    fc.property(tree, tree, (a, b) => {
      expect(shown(merged(a, b, b))).toBe(shown(merged(a, b)));
    }),
  );
});

it('changes nothing with nothing', () => {
  fc.assert(
    fc.property(tree, (a) => {
      expect(shown(merged(a, new Map()))).toBe(shown(a));
    }),
  );
});

it('leaves what is merged as it was', () => {
  fc.assert(
    fc.property(tree, tree, (a, b) => {
      const [into, from] = [node(a), node(b)];
      mergeInto(into, from);
      mergeInto(into, node(a));
      expect(shown(toValue(from) as Map<string, ConfigValue>)).toBe(shown(b));
    }),
  );
});

it('lets the later value win, but for ??? onto a value', () => {
  fc.assert(
    fc.property(tree, tree, (a, b) => {
      const both = merged(a, b);
      for (const [key, item] of b) {
        if (item === '???' && a.has(key)) expect(both.get(key)).toEqual(a.get(key));
        else if (!(item instanceof Map)) expect(both.get(key)).toBe(item);
      }
    }),
  );
});

it('composes a single file without overrides to that file', () => {
  fc.assert(
    fc.property(tree, (a) => {
      const configPath = writeTree({ config: toYaml(a) });
      const composed = compose({ configPath, configName: 'config', overrides: [], env: {} });
      expect(toYaml(composed.tree)).toBe(toYaml(a));
    }),
    { numRuns: 30 },
  );
});
