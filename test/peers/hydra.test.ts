import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { compose, type ConfigValue, toYaml } from '../../src/config/index.js';
import { resolveTree } from '../../src/config/interpolation/resolve.js';
import { parseOverride } from '../../src/config/override/parse.js';
import { readYaml } from '../../src/config/yaml/read.js';
import { DELIBERATE } from './hydra-cases/deliberate.js';
import { TREES } from './hydra-cases/trees.js';
import { OVERRIDES, VALUES } from './hydra-cases/values.js';
import { DOCUMENTS, INTERPOLATIONS, SCALARS } from './hydra-cases/yaml.js';
import { attempt, ENV, isSame, tagged, type Answer } from './hydra-compare.js';
import { ask, findPeers } from './python.js';

const peers = findPeers(['hydra', 'omegaconf']);
const ORACLE = fileURLToPath(new URL('hydra_oracle.py', import.meta.url));
const CONF = fileURLToPath(new URL('../../conf', import.meta.url));
/** Ours equals theirs, errors where it errors; what docs/config.md lists as different is exactly that. */
function compare(what: string, ours: Answer, theirs: Answer): string[] {
  const same = isSame(ours, theirs);
  const deliberate = DELIBERATE.has(what);
  if (same) return !deliberate ? [] : [`${what}: listed as different, but the same`];
  return !deliberate ? [`${what}\n  ours   ${JSON.stringify(ours)}\n  theirs ${JSON.stringify(theirs)}`] : [];
}

function compareAll(cases: readonly { what: string; question: unknown; ours: () => Answer }[]): void {
  const answers = ask<unknown, Answer>(
    peers,
    ORACLE,
    cases.map(({ question }) => question),
    ENV,
  );
  const differences = cases.flatMap(({ what, ours }, i) => compare(what, attempt(ours), answers[i]!));
  expect(differences.join('\n')).toBe('');
}

const composed = (dir: string, name: string, overrides: readonly string[]): Answer => {
  const { tree, hash } = compose({ configPath: dir, configName: name, overrides, env: ENV });
  return { ok: tagged(tree), sha256: hash };
};

const folder = mkdtempSync(join(tmpdir(), 'plume-hydra-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Hand-written cases there are at least, by construct: a corpus does not shrink unseen. */
const CONSTRUCTS: readonly (readonly [construct: string, pattern: RegExp, least: number])[] = [
  ['groups', /- \/?\w+: \w/, 140],
  ['nested groups', /\w+\/\w+\/\w+/, 30],
  ['absolute groups', /- (?:override )?\/\w/, 40],
  ['lists of options', /\[\w+, ?\w+\]/, 38],
  ['optional', /optional /, 15],
  ['override lines', /override \/?\w+:/, 18],
  ['null placeholders', /- [\w/@.]+: null/, 15],
  ['options to be chosen', /- \w+: \?\?\?/, 10],
  ['packages of entries', /- \/?[\w/]+@[\w.]+: /, 30],
  ['headers', /# ?@package/, 30],
  ['_global_', /_global_/, 25],
  ['_self_', /_self_/, 100],
  ['chosen by interpolation', /- [\w@]+: \w*\$\{/, 10],
];

it('has cases enough of every construct', () => {
  const trees = TREES.flatMap(({ files, overrides }) =>
    overrides.map((list) => [...Object.values(files), ...Object.keys(files), ...list].join('\n')),
  );
  for (const [construct, pattern, least] of CONSTRUCTS) {
    expect(trees.filter((text) => pattern.test(text)).length, construct).toBeGreaterThanOrEqual(least);
  }
  expect(trees.length).toBeGreaterThanOrEqual(300);
  expect(VALUES.length).toBeGreaterThanOrEqual(339);
  expect(OVERRIDES.length).toBeGreaterThanOrEqual(77);
  expect(SCALARS.length).toBeGreaterThanOrEqual(241);
  expect(DOCUMENTS.length).toBeGreaterThanOrEqual(86);
  expect(INTERPOLATIONS.length).toBeGreaterThanOrEqual(184);
});

describe.skipIf(peers.python === null)(`as real Hydra (${peers.reason})`, () => {
  it('reads the values of overrides', () => {
    const texts = [...VALUES.map((value) => `x=${value}`), ...OVERRIDES];
    compareAll(
      texts.map((override) => ({
        what: override,
        question: { op: 'value', override },
        ours: () => ({ ok: tagged(parseOverride(override).value ?? null) }),
      })),
    );
  });

  it('reads and resolves YAML', () => {
    const texts = [...SCALARS.map((scalar) => `x: ${scalar}\n`), ...DOCUMENTS, ...INTERPOLATIONS];
    compareAll(
      texts.map((text) => ({
        what: text,
        question: { op: 'yaml', text },
        ours: () => ({ ok: tagged(resolveTree(readYaml(text, 'test.yaml'), ENV)) }),
      })),
    );
  });

  it('composes small trees', () => {
    compareAll(
      TREES.flatMap(({ what, files, overrides, name = 'config' }, index) => {
        const dir = join(folder, String(index));
        for (const [path, text] of Object.entries(files)) {
          mkdirSync(dirname(join(dir, path)), { recursive: true });
          writeFileSync(join(dir, `${path}.yaml`), text);
        }
        return overrides.map((list) => ({
          what: `${what}: ${list.join(' ')}`,
          question: { op: 'compose', dir, name, overrides: list },
          ours: () => composed(dir, name, list),
        }));
      }),
    );
  });

  it('composes our own tree with every option of every group, to the same hash', () => {
    const options = (group: string): string[] =>
      readdirSync(join(CONF, group)).map((file) => `${group}=${file.replace('.yaml', '')}`);
    const groups = ['data_capture/experiment', 'env/plume', 'movie', 'policy', 'record'].flatMap(options);
    const lists = [
      [],
      ...groups.map((group) => [group]),
      ['episodes=5', 'env.max_steps=250', 'env.grid_size=[64,64]', 'experiment=batch-20231106'],
      ['policy=surge_and_cast', 'policy.persistence=2'],
      ['env/plume=movie', 'movie.path=data/gaussian_plume_demo.zarr', 'movie.step_policy=clamp'],
      ['policy=scripted', 'policy.actions_file=actions.json', 'clock=sim', 'run_id=run-20260101-000000'],
      ['+vars.lr=1e-3', 'env.goal_radius=${vars.lr}'],
      ['~policy', '+extra=1', 'rotate_size=1_000_000'],
      ['seed=123456789012345678901234567890'],
    ];
    compareAll(
      lists.map((overrides) => ({
        what: `conf: ${overrides.join(' ')}`,
        question: { op: 'compose', dir: CONF, name: 'data_capture/config', overrides },
        ours: () => composed(CONF, 'data_capture/config', overrides),
      })),
    );
  });

  it('reads back what toYaml prints', () => {
    const texts = [
      ...SCALARS,
      'a: b',
      '${x}',
      '\\${x}',
      'a\\\\${x',
      ' x ',
      'x\ny',
      '\u007f\u0085\u2028\ufeff',
      '😀',
      '-',
      'null',
    ];
    const tree: ConfigValue = new Map<string, ConfigValue>([
      ['texts', texts.filter((text) => text !== '???')],
      ['numbers', [1n, -(10n ** 30n), 1, -0, 1e-7, 1e22, 0.1, Infinity, -Infinity, NaN]],
      [
        'nested',
        [
          [1n, [2n]],
          new Map<string, ConfigValue>([
            ['a', [new Map([['b', null]])]],
            ['c', new Map()],
          ]),
          [],
        ],
      ],
      ['keys', new Map(texts.map((text, i): [string, ConfigValue] => [text, BigInt(i)]))],
    ]);
    compareAll([
      { what: 'toYaml', question: { op: 'yaml', text: toYaml(tree) }, ours: () => ({ ok: tagged(tree) }) },
    ]);
  });
});
