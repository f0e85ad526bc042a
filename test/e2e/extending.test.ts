import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/core/records.js';
import { hashFile } from '../../src/io/file-hash.js';
import { capture, plume, scratchDirectory } from './binary.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const EXAMPLES = join(ROOT, 'docs/examples');
const POLICY = ['env.action_type=oriented', 'policy=module', 'policy.module=./klinotaxis-policy.js'];
const BACKEND = 'record.backend=./ndjson-backend.js';
const FIXED = ['clock=sim', 'run_id=run-20260101-000000', 'episodes=5', 'env.max_steps=300'];

/** A folder as an author has it: the modules, and the package installed. */
function authorsFolder(): string {
  const cwd = scratchDirectory();
  cpSync(EXAMPLES, cwd, { recursive: true });
  mkdirSync(join(cwd, 'node_modules'));
  symlinkSync(ROOT, join(cwd, 'node_modules/plume-nav-capture'));
  return cwd;
}

it.each(readdirSync(EXAMPLES))('a page shows %s as it is', (name) => {
  const pages = ['extending.md', 'recorder.md'].map((page) => readFileSync(join(ROOT, 'docs', page), 'utf8'));
  expect(pages.join('\n')).toContain(`\`\`\`js\n${readFileSync(join(EXAMPLES, name), 'utf8')}\`\`\`\n`);
});

describe('the examples', () => {
  let cwd: string;
  beforeAll(() => {
    cwd = authorsFolder();
  });
  const digestOf = async (...args: string[]): Promise<string> =>
    (await capture([...FIXED, ...args], { cwd })).content_digest;

  it('keep the contracts, under a test runner that is not ours', async () => {
    const { stdout } = await execa(process.execPath, ['--test', '--test-reporter=tap', 'contract.test.js'], {
      cwd,
    });
    expect(stdout).toMatch(/^# fail 0$/m);
    expect(Number(/^# pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(25);
  }, 60_000);

  it('record the same run as one of our formats, with any number of workers', async () => {
    const ours = await digestOf('experiment=ours', 'workers=1', ...POLICY);
    expect(await digestOf('experiment=own1', 'workers=1', ...POLICY, BACKEND)).toBe(ours);
    expect(await digestOf('experiment=own2', 'workers=2', ...POLICY, BACKEND)).toBe(ours);
    expect(await digestOf('experiment=other', ...POLICY, 'policy.parameters={wander: 0.5}')).not.toBe(ours);
  }, 60_000);

  it('leave a manifest that says what the run was made with', async () => {
    const { run_dir: directory } = await capture([...FIXED, 'experiment=told', ...POLICY, BACKEND], { cwd });
    const manifest = JSON.parse(readFileSync(join(cwd, directory, 'manifest.json'), 'utf8')) as Manifest;
    const { sha256 } = await hashFile(join(EXAMPLES, 'klinotaxis-policy.js'));
    expect(manifest.inputs).toEqual([{ uri: './klinotaxis-policy.js', sha256, role: 'policy' }]);
    expect(manifest.files).toMatchObject([
      {},
      {},
      {},
      { path: 'steps.ndjson', role: 'raw' },
      { path: 'episodes.ndjson', role: 'raw', rows: 5 },
    ]);
  }, 60_000);

  it('are read by the backend that the command line names', async () => {
    const { run_dir: directory } = await capture([...FIXED, 'experiment=read', BACKEND], { cwd });
    const read = await plume(['validate', '--backend', './ndjson-backend.js', directory], { cwd });
    expect(read).toMatchObject({ exitCode: 0 });
    // a record that is no JSON is a finding, as in a format of ours
    const steps = join(cwd, directory, 'steps.ndjson');
    writeFileSync(steps, readFileSync(steps, 'utf8').replace('{', '['));
    const damaged = await plume(['validate', '--backend', './ndjson-backend.js', directory], { cwd });
    expect(damaged.exitCode).toBe(1);
    expect(damaged.stdout).toContain('line-json');
  }, 60_000);
});

it('a run that somebody sent runs no code of theirs', async () => {
  const cwd = authorsFolder();
  const { run_dir: directory } = await capture([...FIXED, BACKEND], { cwd });
  writeFileSync(
    join(cwd, 'ndjson-backend.js'),
    "import { writeFileSync } from 'node:fs';\nwriteFileSync('loaded', '');\nexport default {};\n",
  );
  for (const args of [
    ['validate', directory],
    ['ingest', directory, '--to', 'lake'],
    ['export', directory],
  ]) {
    const { exitCode } = await plume(args, { cwd });
    expect(exitCode).toBeGreaterThan(0);
    expect(existsSync(join(cwd, 'loaded'))).toBe(false);
  }
  // that the module would have been noticed
  await plume(['capture', BACKEND], { cwd });
  expect(existsSync(join(cwd, 'loaded'))).toBe(true);
}, 60_000);

describe('a faulty module is one line on stderr and exit 2', () => {
  const FAULTS: [what: string, args: string[], files: Record<string, string>, line: RegExp][] = [
    [
      'a policy that is no JavaScript',
      ['policy=module', 'policy.module=./mine.js'],
      { 'mine.js': 'export defult 1;\n' },
      /policy\.module '\.\/mine\.js' does not load: SyntaxError: .* \(to see where: node \.\/mine\.js\)$/,
    ],
    [
      'a policy in TypeScript',
      ['policy=module', 'policy.module=./mine.ts'],
      { 'mine.ts': 'export default 1;\n' },
      /'\.\/mine\.ts' does not load: .* \(give JavaScript: a \.js or \.mjs file\)$/,
    ],
    [
      'a policy that is not there',
      ['policy=module', 'policy.module=./gone.js'],
      {},
      /policy\.module '\.\/gone\.js' cannot be read: no such file/,
    ],
    [
      'a policy that does what cannot be done',
      [
        'policy=module',
        'policy.module=./mine.js',
        'env.action_type=oriented',
        'workers=2',
        'env.start_location=[0,0]',
      ],
      {
        'mine.js':
          'let n = 0;\nexport default () => ({ reset() { n = 0; }, choose: () => (++n < 7 ? 0 : NaN) });\n',
      },
      /policy\.module '\.\/mine\.js' chose NaN at step 7 of episode 1 \(env\.action_type has the actions 0 to 2\)$/,
    ],
    [
      'a policy that fails',
      ['policy=module', 'policy.module=./mine.js'],
      { 'mine.js': 'export default () => ({\n  reset() {},\n  choose: () => nothing,\n});\n' },
      /failed at step 1 of episode 1: ReferenceError: nothing is not defined \(mine\.js:3\)$/,
    ],
    [
      'a policy that no config names',
      ['policy=module'],
      {},
      /no value for 'policy\.module' .*give one with 'policy\.module=…'$/,
    ],
    [
      'a parameter that is not there yet',
      ['policy=module', 'policy.module=./klinotaxis-policy.js', 'policy.parameters.wander=1'],
      {},
      /unknown key 'policy\.parameters\.wander'.*to add a key write '\+policy\.parameters\.wander=1'$/,
    ],
    [
      'a backend of no name',
      ['record.backend=jsnl'],
      {},
      /unknown backend 'jsnl' .*\.\/jsnl\.js.*did you mean 'jsonl'\?/,
    ],
    [
      'a backend that is none',
      ['record.backend=./mine.js'],
      { 'mine.js': 'export default { name: "mine", has: () => false };\n' },
      /backend '\.\/mine\.js': its default export has no openWriter\(\), openReader\(\)/,
    ],
    [
      'a backend that fails',
      ['record.backend=./mine.js'],
      {
        'mine.js':
          'const fail = () => {\n  throw new Error("full");\n};\nconst writer = { write: fail, flush: fail, close: fail, abort() {} };\n' +
          'export default { name: "mine", has: () => false, openWriter: () => writer, openReader: fail };\n',
      },
      /backend '\.\/mine\.js' failed in (write|flush|close): Error: full \(mine\.js:2\)$/,
    ],
  ];
  it.each(FAULTS)('%s', async (_what, args, files, line) => {
    const cwd = authorsFolder();
    for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
    const { exitCode, stderr } = await plume(['capture', ...args], { cwd });
    const lines = stderr.split('\n').filter((each) => !each.startsWith('capturing '));
    expect(lines).toEqual([expect.stringMatching(line)]);
    expect(exitCode).toBe(2);
  });
});
