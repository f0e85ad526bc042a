import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, it } from 'vitest';
import { ConfigError, loadConfig, toYaml } from '../../../src/config/index.js';
import { tries } from '../runs.js';
import { fuzz, refusal, same, shapeOf } from './fuzz.js';
import { INTERPOLATION_TOKENS, YAML_TOKENS } from './grammars.js';
import { mutate } from './mutate.js';
import { override, OVERRIDE_TOKENS, OVERRIDES } from './override-grammar.js';
import type { Random } from './random.js';

const CONF = fileURLToPath(new URL('../../../conf', import.meta.url));

let tree: string;
let names: string[];
beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'plume-fuzz-'));
  cpSync(CONF, tree, { recursive: true });
  names = readdirSync(tree, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .sort();
});
afterAll(() => rmSync(tree, { recursive: true, force: true }));

const TOKENS = [...YAML_TOKENS, ...INTERPOLATION_TOKENS];
const WHOLE = [
  'seed=3 policy=surge_and_cast record=parquet',
  'env/plume=movie +data_capture/experiment=movie',
  '+vars.a=${seed} +vars.b={c:${vars.a}} env.max_steps=${seed}',
  'record@record=none ~policy policy.parameters.x=1',
];

it('a tree of config files with overrides', async () => {
  const texts = names.map((name) => readFileSync(join(tree, name), 'utf8'));
  /** A file of the tree by its number, what stands in it, and overrides. */
  const generate = (random: Random): string => {
    const number = random.below(names.length);
    const text = random.oneIn(4) ? texts[number]! : mutate(texts[number]!, random, TOKENS, texts);
    const overrides = random.oneIn(2) ? random.pick(WHOLE).split(' ') : [random.pick(OVERRIDES)];
    if (random.oneIn(2)) overrides.push(override(random));
    if (random.oneIn(3)) overrides.push(mutate(random.pick(overrides), random, OVERRIDE_TOKENS, OVERRIDES));
    return [String(number), text, ...overrides].join('\u0001');
  };
  const read = async (input: string): Promise<string> => {
    const [number, text = '', ...overrides] = input.split('\u0001');
    const path = join(tree, names[Number(number)] ?? names[0]!);
    const before = readFileSync(path);
    writeFileSync(path, text);
    try {
      const { composed, config } = await loadConfig({
        configPath: tree,
        configName: 'data_capture/config',
        overrides,
        env: { HOME: '/home', USER: 'x' },
      });
      same('hash', composed.hash.length, 64);
      toYaml(composed.tree);
      return `good ${overrides.length} ${config.record.backend}`;
    } catch (error) {
      if (error instanceof ConfigError)
        return error.problems
          .map(({ line }) => shapeOf(line))
          .slice(0, 2)
          .join();
      return refusal(error);
    } finally {
      writeFileSync(path, before);
    }
  };
  const seeds = [`0\u0001${texts[0]!}\u0001seed=1`];
  await fuzz(
    { name: 'config trees', seeds, tokens: TOKENS, generate, onlyGenerated: true, read },
    tries(20_000, 150),
  );
}, 3_600_000);
