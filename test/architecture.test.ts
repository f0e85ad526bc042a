import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TOOL = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const CONFIG = join(ROOT, '.dependency-cruiser.mjs');

interface Dependency {
  resolved: string;
  dependencyTypes: string[];
  dynamic: boolean;
}
interface Report {
  modules: { source: string; dependencies: Dependency[] }[];
  summary: { violations: { from: string; to: string; rule: { name: string } }[] };
}

async function cruise(cwd: string): Promise<Report> {
  const args = [TOOL, 'src', '--config', CONFIG, '--output-type', 'json'];
  const options = { cwd, maxBuffer: 1 << 28 };
  // the tool's exit code is the number of violations; its report is what counts here
  const { stdout } = await promisify(execFile)(process.execPath, args, options).catch(
    (error: unknown) => error as { stdout: string },
  );
  return JSON.parse(stdout) as Report;
}

const filesOf = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`)
    .sort();

describe('the house', () => {
  let report: Report;
  beforeAll(async () => {
    report = await cruise(ROOT);
  }, 60_000);

  it('was read completely: a tool that skips files reports no violations either', () => {
    const seen = report.modules.map(({ source }) => source).filter((source) => source.startsWith('src/'));
    expect(seen.sort()).toEqual(filesOf('src'));
    expect(report.modules.flatMap(({ dependencies }) => dependencies).length).toBeGreaterThan(seen.length);
  });

  it('keeps its rules', () => {
    const broken = report.summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} → ${to}`);
    expect(broken).toEqual([]);
  });

  it('--help loads commander and nothing else that others wrote', () => {
    expect(packagesLoadedBy('src/cli/main.ts', report)).toEqual([]);
    expect(packagesLoadedBy('src/cli/program.ts', report)).toEqual(['commander']);
  });
});

/** Packages a module brings with it when it loads, itself or through modules it imports. */
function packagesLoadedBy(entry: string, { modules }: Report): string[] {
  const imports = new Map(modules.map(({ source, dependencies }) => [source, dependencies]));
  const reached = new Set([entry]);
  for (const source of reached) {
    for (const { resolved, dynamic, dependencyTypes } of imports.get(source) ?? []) {
      const onlyTypes = dependencyTypes.some((type) => type === 'type-only' || type === 'type-import');
      if (!dynamic && !onlyTypes) reached.add(resolved);
    }
  }
  const names = [...reached].map((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

describe('each rule bites', () => {
  const PLANTED: readonly [rule: string, file: string, imported: string][] = [
    ['core-imports-only-itself', 'core/a.ts', '../io/ok.js'],
    ['core-is-pure', 'core/b.ts', 'node:fs'],
    ['core-is-pure', 'core/c.ts', 'yaml'],
    ['io-imports-only-core', 'io/a.ts', '../record/ok.js'],
    ['sim-imports-only-core', 'sim/a.ts', '../io/ok.js'],
    ['sim-is-pure', 'sim/b.ts', 'node:path'],
    ['backends-imports-only-core-io', 'backends/a.ts', '../sim/ok.js'],
    ['qc-imports-only-core', 'qc/a.ts', '../sim/ok.js'],
    ['record-imports-only-core-io-sim-backends-qc', 'record/a.ts', '../validate/ok.js'],
    ['validate-imports-only-core-io-sim-backends', 'validate/a.ts', '../record/ok.js'],
    ['ingest-imports-only-core-io-backends', 'ingest/a.ts', '../validate/ok.js'],
    ['prune-imports-only-core-io-catalog', 'prune/a.ts', '../ingest/ok.js'],
    ['sweep-imports-only-core-io', 'sweep/a.ts', '../record/ok.js'],
    ['export-imports-only-core-io-backends', 'export/a.ts', '../sim/ok.js'],
    ['reproduce-imports-only-core-io-sim-backends-record', 'reproduce/a.ts', '../validate/ok.js'],
    ['contracts-imports-only-core-sim-backends', 'contracts/a.ts', '../record/ok.js'],
    ['config-is-nobodys-dependency', 'record/b.ts', '../config/ok.js'],
    ['cli-is-the-top', 'config/a.ts', '../cli/ok.js'],
    ['terminal-only-in-cli', 'record/c.ts', 'chalk'],
    ['heavy-packages-are-lazy', 'backends/b.ts', 'apache-arrow'],
    ['heavy-packages-are-lazy', 'io/b.ts', 'execa'],
    ['no-undeclared-packages', 'record/d.ts', 'vitest'],
    ['no-unresolvable', 'record/e.ts', './nowhere.js'],
  ];
  const house = mkdtempSync(join(tmpdir(), 'plume-house-'));
  let broken: string[];
  beforeAll(async () => {
    const rooms = [
      'core',
      'io',
      'sim',
      'backends',
      'record',
      'validate',
      'ingest',
      'prune',
      'sweep',
      'export',
      'reproduce',
      'contracts',
      'config',
      'cli',
    ];
    write('tsconfig.json', '{ "compilerOptions": { "module": "NodeNext" } }');
    write('package.json', '{ "type": "module", "devDependencies": { "vitest": "*" } }');
    for (const room of rooms) write(`src/${room}/ok.ts`, 'export const ok = 1;\n');
    for (const [, file, imported] of PLANTED) write(`src/${file}`, `import '${imported}';\n`);
    write('src/io/left.ts', `import './right.js';\n`);
    write('src/io/right.ts', `import './left.js';\n`);
    symlinkSync(join(ROOT, 'node_modules'), join(house, 'node_modules'));
    const { summary } = await cruise(house);
    broken = summary.violations.map(({ from, rule }) => `${rule.name}: ${from}`);
  }, 60_000);
  afterAll(() => rmSync(house, { recursive: true }));

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(house, path)), { recursive: true });
    writeFileSync(join(house, path), text);
  }

  it.each(PLANTED)('%s: %s imports %s', (rule, file) => {
    expect(broken).toContain(`${rule}: src/${file}`);
  });

  it('no-cycles: two modules that import each other', () => {
    expect(broken.filter((line) => line.startsWith('no-cycles'))).toHaveLength(1);
  });
});
