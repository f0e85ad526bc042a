import { join } from 'node:path';
import {
  DATASET_INDEX_FILE,
  isLockFile,
  isRecordFile,
  REJECTED_STEPS_FILE,
  REJECTIONS_FILE,
  RUN_FILE,
} from '../../core/layout.js';
import type { ManifestFile } from '../../core/records.js';
import { hashFile } from '../../io/file-hash.js';
import { whyUnreadable } from '../unreadable.js';
import type { FileCheck, ReadRunContext } from '../run-context.js';

/** No file has a longer name. */
const MAX_NAME = 255;

/** Hidden files, and names that do something to a terminal, tell git, DVC and people other things than a run does. */
const isNameOfRunFile = (name: string): boolean =>
  !/(?:^|\/)\.|\p{Cc}/u.test(name) && name !== DATASET_INDEX_FILE && !isLockFile(name);

/** What readers take for data of the run. */
const mustBeListed = (name: string): boolean =>
  isRecordFile(name) || name === RUN_FILE || name === REJECTIONS_FILE || name === REJECTED_STEPS_FILE;

async function checkFile(context: ReadRunContext, file: ManifestFile): Promise<void> {
  const { directory, report, records } = context;
  // Only names found in the directory are opened: an inventory cannot lead us elsewhere.
  const name = file.path.length > MAX_NAME ? `${file.path.slice(0, MAX_NAME)}…` : file.path;
  const say = (message: string): void => report('manifest-file', name, message);
  // `rejections` speaks of that: they may go after a while
  if (file.path === REJECTED_STEPS_FILE && !directory.names.includes(file.path)) return;
  if (!directory.names.includes(file.path)) return say('in the inventory, but not in the directory');
  if (!isNameOfRunFile(name)) return say('in the inventory, but no file of a run has such a name');
  const path = join(directory.path, file.path);
  const reason = await whyUnreadable(path);
  // Of a stream file it has been said already.
  if (reason !== null) return !isRecordFile(file.path) ? say(reason) : undefined;
  const { bytes, sha256 } = await hashFile(path);
  if (bytes !== file.bytes) return say(`${bytes} bytes, the manifest says ${file.bytes}`);
  if (sha256 !== file.sha256) return say(`SHA-256 ${sha256}, the manifest says ${file.sha256}`);
  const rows = records.rowsOf.get(file.path);
  if (file.rows === null || rows === undefined || rows === file.rows || records.contentDigest === null)
    return;
  say(`${rows} rows, the manifest says ${file.rows}`);
}

/** Every file of the manifest's inventory is there, byte for byte; run.json and every data file are in it, once. */
export const inventory: FileCheck = {
  name: 'inventory',
  async after(context) {
    const files = context.manifest?.data?.files;
    if (files === undefined) return;
    const listed = new Set<string>();
    for (const file of files) {
      if (listed.has(file.path)) {
        context.report('manifest-double', file.path, 'this file is in the inventory more than once');
        continue;
      }
      listed.add(file.path);
      await checkFile(context, file);
    }
    for (const name of context.directory.names) {
      if (!mustBeListed(name) || listed.has(name)) continue;
      context.report('manifest-unlisted', name, 'this file is not in the inventory of the manifest');
    }
  },
};
