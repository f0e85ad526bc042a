import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { keysTable } from '../../src/config/docs-table.js';
import { schemaFiles } from '../../src/config/json-schema.js';

/** `UPDATE=1 npx vitest run test/config/schema-files.test.ts` writes what is generated. */
const update = process.env['UPDATE'] === '1';
const root = fileURLToPath(new URL('../..', import.meta.url));

function expectFile(path: string, expected: string): void {
  const file = join(root, path);
  if (update) writeFileSync(file, expected);
  expect(readFileSync(file, 'utf8')).toBe(expected);
}

it.each(Object.entries(schemaFiles()))('conf/schema/%s is what the code says', (name, schema) => {
  expectFile(join('conf/schema', name), `${JSON.stringify(schema, null, 2)}\n`);
});

it('docs/config.md lists the keys the code has', () => {
  const page = readFileSync(join(root, 'docs/config.md'), 'utf8');
  const [begin, end] = ['<!-- keys -->\n', '<!-- end of keys -->'];
  const head = page.slice(0, page.indexOf(begin) + begin.length);
  expectFile('docs/config.md', `${head}\n${keysTable()}\n${page.slice(page.indexOf(end))}`);
});

it('docs/config.md gives a reason for every difference the peer tests allow', async () => {
  const page = readFileSync(join(root, 'docs/config.md'), 'utf8');
  const { REASON_TITLES } = await import('../peers/hydra-cases/deliberate.js');
  for (const title of REASON_TITLES) expect(page).toContain(`**${title}.**`);
});
