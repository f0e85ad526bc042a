import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseStreamFile } from '../../core/layout.js';
import type { ManifestFile } from '../../core/records.js';
import { hashFile } from '../../io/file-hash.js';
import type { FileCheck, ReadRunContext } from '../run-context.js';

async function checkFile(context: ReadRunContext, file: ManifestFile): Promise<void> {
  const { directory, report, records } = context;
  // Only names found in the directory are opened: an inventory cannot lead us elsewhere.
  const say = (message: string): void => report('manifest-file', file.path, message);
  if (!directory.names.includes(file.path)) return say('in the inventory, but not in the directory');
  const path = join(directory.path, file.path);
  const { size } = await stat(path);
  if (size !== file.bytes) return say(`${size} bytes, the manifest says ${file.bytes}`);
  const { sha256 } = await hashFile(path);
  if (sha256 !== file.sha256) return say(`SHA-256 ${sha256}, the manifest says ${file.sha256}`);
  const rows = records.rowsOf.get(file.path);
  if (file.rows === null || rows === undefined || rows === file.rows || records.contentDigest === null)
    return;
  say(`${rows} rows, the manifest says ${file.rows}`);
}

/** Every file of the manifest's inventory is there, byte for byte, and every data file is in the inventory. */
export const inventory: FileCheck = {
  name: 'inventory',
  async after(context) {
    const files = context.manifest?.data?.files;
    if (files === undefined) return;
    for (const file of files) await checkFile(context, file);
    const listed = new Set(files.map(({ path }) => path));
    for (const name of context.directory.names) {
      if (parseStreamFile(name) === null || listed.has(name)) continue;
      context.report('manifest-unlisted', name, 'this data file is not in the inventory of the manifest');
    }
  },
};
