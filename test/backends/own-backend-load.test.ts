import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { backends, recordingBackend } from '../../src/backends/index.js';
import { loadBackend } from '../../src/backends/load.js';
import { EXAMPLE_BACKEND } from '../fixtures/example-backend.js';
import { folderWith } from '../fixtures/module-folder.js';

describe('loadBackend', () => {
  it.each(backends.names)('knows %s', async (name) => {
    expect((await loadBackend(name, '/')).name).toBe(name);
  });

  it('takes an export called backend as well', async () => {
    const text = readFileSync(EXAMPLE_BACKEND, 'utf8').replace(
      'export default {',
      'export const backend = {',
    );
    const folder = folderWith({ 'b.js': text });
    expect((await loadBackend('./b.js', folder)).name).toBe('ndjson');
  });

  it('takes a package', async () => {
    const folder = folderWith({
      'node_modules/plume-ndjson/package.json': '{"type": "module", "exports": {"import": "./b.js"}}',
      'node_modules/plume-ndjson/b.js': readFileSync(EXAMPLE_BACKEND, 'utf8'),
    });
    expect((await loadBackend('plume-ndjson', folder)).name).toBe('ndjson');
  });

  it.each([
    ['jsnl', "did you mean 'jsonl'?"],
    ['somethingelse', `valid: ${backends.names.join(', ')}`],
    ['zlib', 'valid: '],
  ])('%s is neither: names what there is, and how to name a module', async (name, hint) => {
    await expect(loadBackend(name, '/')).rejects.toMatchObject({
      kind: 'config',
      message: `unknown backend '${name}'`,
    });
    await expect(loadBackend(name, '/')).rejects.toMatchObject({ hint: expect.stringContaining(hint) });
    await expect(loadBackend(name, '/')).rejects.toMatchObject({
      hint: expect.stringContaining(`./${name}.js`),
    });
  });

  const INCOMPLETE: [string, string, RegExp][] = [
    [
      'nothing',
      'export {};',
      /^backend '\.\/b\.js': its default export has no has\(\), openWriter\(\), openReader\(\)$/,
    ],
    ['half of it', 'export default { name: "x", has() {} };', /has no openWriter\(\), openReader\(\)$/],
    ['no name', 'export default { has() {}, openWriter() {}, openReader() {} };', /has no name$/],
    ['null', 'export default null;', /has no has\(\), openWriter\(\), openReader\(\)$/],
  ];
  it.each(INCOMPLETE)('says what is missing when a module exports %s', async (_what, text, message) => {
    await expect(loadBackend('./b.js', folderWith({ 'b.js': text }))).rejects.toMatchObject({
      name: 'CaptureError',
      kind: 'input',
      message: expect.stringMatching(message),
    });
  });
});

describe('recordingBackend', () => {
  it('takes a backend of one’s own only when it is handed one, and only for its own files', async () => {
    const backend = await loadBackend(EXAMPLE_BACKEND, '/');
    const names = ['run.json', 'steps.ndjson', 'episodes.ndjson'];
    expect(await recordingBackend(names, backend)).toBe(backend);
    expect((await recordingBackend(names)).name).not.toBe('ndjson');
    await expect(recordingBackend(['steps.jsonl.gz'], backend)).rejects.toMatchObject({
      kind: 'input',
      message: "backend 'ndjson' finds no files of its own in this run",
    });
  });
});
