import type { Random } from './random.js';

type Container = Record<string, unknown> | unknown[];

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

/** Every container of a value, itself first. */
function containers(value: unknown): Container[] {
  return isContainer(value) ? [value, ...Object.values(value).flatMap(containers)] : [];
}

/** Another value in the place of one, or a key less, or one more, in a few places: it stays JSON. */
export function mutateJson(text: string, random: Random, values: readonly string[]): string {
  const root = [JSON.parse(text) as unknown];
  do {
    const inside = random.pick(containers(root));
    const keys = Object.keys(inside);
    const key = random.pick(keys) ?? 'x';
    const other = random.pick(containers(root));
    const value = random.oneIn(3) ? Object.values(other)[0] : (JSON.parse(random.pick(values)) as unknown);
    const kind = random.below(6);
    if (kind === 0 && inside !== root) Reflect.deleteProperty(inside, key);
    else if (kind === 1 && Array.isArray(inside) && inside !== root) inside.push(structuredClone(value));
    else Object.assign(inside, { [kind === 2 && inside !== root ? 'x' : key]: structuredClone(value) });
  } while (random.oneIn(2));
  return JSON.stringify(root[0]) ?? 'null';
}

/** Values that may stand where others should. */
export const JSON_VALUES = [
  ...[
    'null',
    'true',
    'false',
    '0',
    '-1',
    '1',
    '2',
    '3',
    '0.5',
    '1e9',
    '1e300',
    '-1e-300',
    '9007199254740993',
    '65536',
  ],
  ...[
    '""',
    '"x"',
    '"NaN"',
    '"Infinity"',
    '"0"',
    '"\\u0000"',
    '"\\ud800"',
    '[]',
    '{}',
    '[1]',
    '[1,2,3]',
    '[[]]',
  ],
  ...[
    '{"x":1}',
    '{"__proto__":{"polluted":1}}',
    '{"constructor":1}',
    '{"length":1e9}',
    '[1e9,1e9,1e9]',
    '[0,0,0]',
  ],
];
