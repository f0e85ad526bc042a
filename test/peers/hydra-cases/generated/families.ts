import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type fc from 'fast-check';
import { composeCollecting } from '../../../../src/config/compose.js';
import { mergeOrder, type Part } from '../../../../src/config/defaults/expand.js';
import { composedSharing } from './sharing.js';
import { resolveTree } from '../../../../src/config/interpolation/resolve.js';
import { parseOverride } from '../../../../src/config/override/parse.js';
import { ConfigError, type Problem } from '../../../../src/config/problems.js';
import { readYaml } from '../../../../src/config/yaml/read.js';
import { attempt, ENV, tagged, type Answer, type Case } from '../../hydra-compare.js';
import type { Peers } from '../../python.js';
import { interpolationDocument } from './interpolations.js';
import { overrideText } from './overrides.js';
import { runFamily, type Family, type Outcome, type Sample } from './run.js';
import { smallerTexts, smallerTrees } from './shrink.js';
import { generatedTree, type GeneratedTree } from './trees.js';
import { scalarLine, yamlDocument } from './values.js';

const document = (text: string): Case => ({
  what: text,
  question: { op: 'yaml', text },
  ours: () => ({ ok: tagged(resolveTree(readYaml(text, 'test.yaml'), ENV)) }),
});

const texts = (arbitrary: fc.Arbitrary<string>, toCase: (text: string) => Case): Family<string> => ({
  arbitrary,
  toCase,
  smaller: smallerTexts,
});

const override = (text: string): Case => ({
  what: text,
  question: { op: 'value', override: text },
  ours: () => ({ ok: tagged(parseOverride(text).value ?? null) }),
});

/** Runs of each family by name; trees are written below a folder that the caller removes. */
export function families(folder: string) {
  const trees: Family<GeneratedTree> = {
    arbitrary: generatedTree,
    smaller: smallerTrees,
    toCase: (tree) => {
      const dir = mkdtempSync(join(folder, 'tree-'));
      for (const [path, text] of Object.entries(tree.files)) {
        mkdirSync(dirname(join(dir, path)), { recursive: true });
        writeFileSync(join(dir, `${path}.yaml`), text);
      }
      return {
        what: describeTree(tree),
        question: { op: 'compose', dir, name: 'config', overrides: tree.overrides },
        ours: () => composed(dir, tree.overrides),
      };
    },
  };
  const runner =
    <T>(family: Family<T>) =>
    (peers: Peers, options: Sample): Promise<Outcome> =>
      runFamily(peers, family, options);
  return {
    trees: runner(trees),
    overrides: runner(texts(overrideText, override)),
    scalars: runner(texts(scalarLine, document)),
    documents: runner(texts(yamlDocument, document)),
    interpolations: runner(texts(interpolationDocument, document)),
  };
}

function composed(dir: string, overrides: readonly string[]): Answer {
  const request = { configPath: dir, configName: 'config', overrides, env: ENV };
  const sharing = (): { shared: Answer } => ({ shared: attempt(() => composedSharing(request)) });
  const problems: Problem[] = [];
  try {
    const { tree, hash, defaults } = composeCollecting(request, problems);
    const [problem] = problems;
    if (problem !== undefined) return { error: problem.line, ...sharing() };
    const answer = { ok: tagged(tree), sha256: hash };
    return isUsedTwice(mergeOrder(defaults)) ? { ...answer, ...sharing() } : answer;
  } catch (error) {
    if (error instanceof ConfigError) return { error: error.message, ...sharing() };
    throw error;
  }
}

/** Whether a file goes to the top of the tree and then anywhere again. */
const isUsedTwice = (parts: readonly Part[]): boolean =>
  parts.some(
    (part, i) => part.package === '' && parts.slice(i + 1).some((later) => later.config === part.config),
  );

const describeTree = ({ files, overrides }: GeneratedTree): string =>
  [
    ...Object.entries(files).map(([path, text]) => `--- ${path}.yaml\n${text.trimEnd()}`),
    `--- overrides: ${overrides.map((text) => `'${text}'`).join(' ') || 'none'}`,
  ].join('\n');

/** Runs with a folder for trees. */
export async function withFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'plume-hydra-'));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
