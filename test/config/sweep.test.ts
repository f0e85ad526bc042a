import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compose, expandSweep } from '../../src/config/index.js';
import { parseOverride } from '../../src/config/override/parse.js';
import { overrideText } from '../../src/config/override/quote.js';
import { ConfigSource } from '../../src/config/source.js';
import { configValue } from './arbitrary.js';
import { messageOf, writeTree } from './tree.js';

const packed = ConfigSource.open(null);
const jobs = (...overrides: string[]): string[] =>
  expandSweep(overrides, packed).map((job) => job.overrides.join(' '));

it('has one job without a sweep', () => {
  expect(expandSweep([], packed)).toEqual([{ overrides: [], swept: [] }]);
  expect(expandSweep(['a=[1, 2]', '~b'], packed)).toEqual([{ overrides: ['a=[1, 2]', '~b'], swept: [] }]);
});

it('varies the last sweep fastest and leaves the others as typed', () => {
  expect(jobs('+a=1,2', 'b= x', 'c@d=range(2)', '~e', '++f=choice(g)')).toEqual([
    '+a=1 b= x c@d=0 ~e ++f=g',
    '+a=1 b= x c@d=1 ~e ++f=g',
    '+a=2 b= x c@d=0 ~e ++f=g',
    '+a=2 b= x c@d=1 ~e ++f=g',
  ]);
});

it('names every swept key with its value', () => {
  const swept = expandSweep(['+a=1,x y', 'b=2', 'c@d=choice(true)'], packed).map((job) => job.swept);
  expect(swept).toEqual([
    [
      ['a', '1'],
      ['c@d', 'true'],
    ],
    [
      ['a', "'x y'"],
      ['c@d', 'true'],
    ],
  ]);
});

it.each<[string, string[], string[]]>([
  ['a value', ['a=1,2', 'b=3', 'a=4'], ['a=4 b=3']],
  ['a sweep, in its place', ['a=1,2', 'b=3,4', 'a=5,6'], ['a=5 b=3', 'a=5 b=4', 'a=6 b=3', 'a=6 b=4']],
  ['nothing when it adds', ['a=1', '+a=2'], ['a=1 +a=2']],
  [
    'nothing when the first is no sweep',
    ['a={x: 1}', 'a={y: 2},{y: 3}'],
    ['a={x: 1} a={y:2}', 'a={x: 1} a={y:3}'],
  ],
])('a second override of a swept key replaces it by %s', (_what, overrides, expected) => {
  expect(jobs(...overrides)).toEqual(expected);
});

it('takes the options of a group that a glob matches, which compose', () => {
  expect(jobs('policy=glob(*_td,exclude=[g*,s*])', 'seed=1')).toEqual(['policy=deterministic_td seed=1']);
  const names = expandSweep(['policy=glob(*,exclude=scripted)'], packed).map(({ overrides }) => {
    const { tree } = compose({ configPath: null, configName: 'data_capture/config', overrides });
    return (tree.get('policy') as Map<string, unknown>).get('name');
  });
  expect(names).toHaveLength(packed.options('policy').length - 1);
  expect(new Set(names)).toEqual(new Set(packed.options('policy').filter((name) => name !== 'scripted')));
});

it('sorts options by name, whatever the order of files', () => {
  const source = ConfigSource.open(writeTree({ 'g/a-b': 'x: 1\n', 'g/a': 'x: 1\n', 'g/a.b.yaml': 'x: 1\n' }));
  expect(expandSweep(['g=glob(*)'], source).map(({ overrides }) => overrides[0])).toEqual([
    'g=a',
    'g=a-b',
    'g=a.b',
  ]);
});

it('every job sets the very values of the sweep', () => {
  const key = fc
    .stringMatching(/^[a-z_][a-zA-Z0-9_ :.-]{0,6}[a-z]$/)
    .filter((k) => !/^(?:null|true|false|inf|nan)$/i.test(k));
  const values = fc.array(configValue(key), { minLength: 2, maxLength: 5 });
  fc.assert(
    fc.property(values, values, (first, second) => {
      const list = [`x=${first.map(overrideText).join(',')}`, `y=${second.map(overrideText).join(', ')}`];
      const read = expandSweep(list, packed).map(({ overrides }) =>
        overrides.map((text) => parseOverride(text).value),
      );
      expect(read).toStrictEqual(first.flatMap((x) => second.map((y) => [x, y])));
    }),
  );
});

it.each<[string, RegExp | string]>([
  ['a=interval(0,1)', /^override 'a=interval\(0,1\)': only a sweeper that searches can use an interval/],
  [
    'hydra.x=1,2',
    "override 'hydra.x=1,2': this program has no Hydra runtime to configure, and nothing of it to sweep",
  ],
  ['~a=1,2', "override '~a=1,2': '~' deletes with one value, not several"],
  [
    'polcy=glob(*)',
    "override 'polcy=glob(*)': glob lists the options of a group, and there is no group 'polcy'; did you mean 'policy'?",
  ],
  ['env.plume=glob(*)', "override 'env.plume=glob(*)': 'env.plume' is a group; write 'env/plume=glob(*)'"],
  [
    'env/plume=glob(x*)',
    "override 'env/plume=glob(x*)': no option of the group 'env/plume' matches; it has movie, static",
  ],
  [
    'env=glob(*)',
    "override 'env=glob(*)': no option of the group 'env' matches; it holds the groups env/plume",
  ],
  [
    'a=range(5,1)',
    "override 'a=range(5,1)': there are no values in it; a range goes from start to before stop",
  ],
  [
    'a=range(1000000000000)',
    "override 'a=range(1000000000000)': more than 100000 values, which is as many jobs as one sweep may have",
  ],
  [
    'a=range(0,1,1e-30)',
    "override 'a=range(0,1,1e-30)': more than 100000 values, which is as many jobs as one sweep may have",
  ],
])('refuses %s', (override, message) => {
  expect(messageOf(() => expandSweep(['seed=1,2', override], packed))).toMatch(message);
});

it('refuses too many jobs, and reports all that is wrong together', () => {
  expect(messageOf(() => expandSweep(['a=range(1000)', 'b=1', 'c=range(200)'], packed))).toBe(
    'the sweep has 1000 x 200 = 200000 jobs, more than the 100000 that one sweep may have; split it',
  );
  expect(messageOf(() => expandSweep(['a=range(0)', 'b=1,2', 'c=interval(0,1)'], packed))).toMatch(
    /^2 problems in the configuration:\n {2}override 'a=range\(0\)': .*\n {2}override 'c=interval\(0,1\)': .*$/,
  );
});

it('lists as many jobs as one sweep may have', () => {
  const all = expandSweep(['a=range(100000)'], packed);
  expect(all).toHaveLength(100_000);
  expect(all.at(-1)!.overrides).toEqual(['a=99999']);
});
