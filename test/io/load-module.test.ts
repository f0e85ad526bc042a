import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadModule } from '../../src/io/load-module.js';
import { folderWith } from '../fixtures/module-folder.js';

const load = (name: string, files: Record<string, string>) =>
  loadModule('policy.module', name, folderWith(files));

describe('a module is found', () => {
  const pack = (description: object): string =>
    JSON.stringify({ name: 'pack', version: '1.0.0', ...description });
  const LAYOUTS: [what: string, name: string, files: Record<string, string>][] = [
    ['beside', './mine.js', { 'mine.js': 'export default 7;' }],
    ['by its ending alone', 'mine.mjs', { 'mine.mjs': 'export default 7;' }],
    ['in another folder', './a/../b/mine.js', { 'b/mine.js': 'export default 7;' }],
    ['as CommonJS', './mine.cjs', { 'mine.cjs': 'module.exports = 7;' }],
    [
      'as CommonJS that a compiler made',
      './mine.cjs',
      { 'mine.cjs': 'Object.defineProperty(exports, "__esModule", { value: true }); exports.default = 7;' },
    ],
    [
      'as a package with a main file',
      'pack',
      {
        'node_modules/pack/package.json': pack({ main: 'm.cjs' }),
        'node_modules/pack/m.cjs': 'module.exports = 7;',
      },
    ],
    [
      'as a package that can only be imported',
      'pack',
      {
        'node_modules/pack/package.json': pack({
          type: 'module',
          exports: { '.': { types: './m.d.ts', import: './m.js' } },
        }),
        'node_modules/pack/m.js': 'export default 7;',
      },
    ],
    [
      'as a scoped package',
      '@me/pack',
      {
        'node_modules/@me/pack/package.json': pack({ type: 'module', exports: './m.js' }),
        'node_modules/@me/pack/m.js': 'export default 7;',
      },
    ],
    [
      'below a package',
      'pack/policy',
      {
        'node_modules/pack/package.json': pack({ type: 'module', exports: { './policy': './p.js' } }),
        'node_modules/pack/p.js': 'export default 7;',
      },
    ],
  ];
  it.each(LAYOUTS)('%s', async (_what, name, files) => {
    const { main, sha256 } = await load(name, files);
    expect(main).toBe(7);
    const text = Object.entries(files).find(([file]) => !file.endsWith('.json'))![1];
    expect(sha256).toBe(createHash('sha256').update(text).digest('hex'));
  });
});

// What node says of text that is no JavaScript, test/e2e/extending.test.ts shows: here vitest loads modules.
describe('a module is refused that', () => {
  const FAULTS: [what: string, name: string, files: Record<string, string>, message: RegExp, hint: RegExp][] =
    [
      [
        'is not there',
        './mine.js',
        {},
        /'.\/mine.js' cannot be read: no such file/,
        /^relative paths start at \//,
      ],
      ['is a folder', './mine', { 'mine/a.js': '' }, /cannot be read: it is a directory/, /./],
      [
        'throws',
        './mine.js',
        { 'mine.js': '\nthrow new Error("no\\nway");' },
        /does not load: Error: no \(mine\.js:2\)$/,
        /^$/,
      ],
      [
        'needs what is not there',
        './mine.js',
        { 'mine.js': 'import "gone";' },
        /does not load: Error: .*gone/,
        /^$/,
      ],
      ['is no package here', 'gone', {}, /'gone': no such package is installed in \//, /\.\/gone\.js/],
      ['is a module of Node', 'zlib', {}, /'zlib': no such package/, /\.\/zlib\.js/],
    ];
  it.each(FAULTS)('%s', async (_what, name, files, message, hint) => {
    const error: unknown = await load(name, files).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'CaptureError', kind: 'input' });
    const { message: said, hint: way = '' } = error as { message: string; hint?: string };
    expect(said).toMatch(/^policy\.module '/);
    expect(said).toMatch(message);
    expect(said).not.toContain('\n');
    expect(way).toMatch(hint);
  });
});
