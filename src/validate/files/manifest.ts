import { join } from 'node:path';
import {
  canonicalHash,
  canonicalJson,
  prettyJson,
  type JsonMap,
  type JsonValue,
} from '../../core/canonical-json.js';
import { shown } from '../../core/findings.js';
import { MANIFEST_FILE } from '../../core/layout.js';
import type { Manifest } from '../../core/records.js';
import { readJsonBytes } from '../../io/run-directory.js';
import type { FileCheck, LoadedManifest, RunContext } from '../run-context.js';

/** Keys run.json and manifest.json must agree on. */
const SHARED = [
  'run_id',
  'experiment',
  'schema_version',
  'package_version',
  'git_sha',
  'config_hash',
  'env_config',
] as const;

function checkAgreement({ directory: { run, runJson }, report }: RunContext, { json }: LoadedManifest): void {
  // plume_nav_sim may leave out its version.
  const theirs: JsonMap = { ...runJson, package_version: run.package_version };
  for (const key of SHARED) {
    const here = canonicalJson(json[key] ?? null);
    const there = canonicalJson(theirs[key] ?? null);
    if (here === there) continue;
    report('manifest-run', MANIFEST_FILE, `${key} is ${shorten(here)}, run.json says ${shorten(there)}`);
  }
}

/** Of our own runs only: what plume_nav_sim wrote as times is not for us to read. */
function checkTimes({ directory: { run }, report }: RunContext, { started_at, ended_at }: Manifest): void {
  if (started_at === null) return;
  const started = Date.parse(started_at);
  if (started !== Date.parse(run.start_time)) {
    const message = `started_at is ${shown(started_at)}, run.json has start_time ${shown(run.start_time)}`;
    report('manifest-run', MANIFEST_FILE, message);
  }
  if (ended_at !== null && Date.parse(ended_at) < started) {
    report('manifest-time', MANIFEST_FILE, `ended_at ${ended_at} lies before started_at ${started_at}`);
  }
}

/** Whether a hash in the manifest is that of what it is said to be of. */
function isHashOf(
  { report }: RunContext,
  key: string,
  stated: JsonValue | undefined,
  of: JsonValue,
): boolean {
  const hash = canonicalHash(of);
  if (stated === hash) return true;
  const message = `${key} is ${canonicalJson(stated ?? null)}, but should be ${hash}`;
  report('manifest-digest', MANIFEST_FILE, message);
  return false;
}

const shorten = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);

/** The keys of a value stand in the order of those of `model`, as far as that has them, all the way down. */
function isInOrder(value: unknown, model: unknown): boolean {
  if (typeof value !== 'object' || value === null || typeof model !== 'object' || model === null) return true;
  const known = Object.keys(value).filter((key) => key in model);
  if (known.join('\n') !== Object.keys(model).join('\n')) return false;
  return known.every((key) => isInOrder((value as JsonMap)[key], (model as JsonMap)[key]));
}

/** Its digest is over what it says, not over how it is written. */
async function checkForm({ directory, report }: RunContext, { json, data }: LoadedManifest): Promise<void> {
  const path = join(directory.path, MANIFEST_FILE);
  const text = await readJsonBytes(path);
  if (text.toString() !== prettyJson(json)) {
    report('manifest-form', MANIFEST_FILE, 'it is not spaced as it was written: reformatted, or cut');
  } else if (!isInOrder(json, data)) {
    report('manifest-form', MANIFEST_FILE, 'its keys do not stand in the order in which they were written');
  }
}

/** The manifest agrees with run.json, and has not been changed since it was written. */
export const manifest: FileCheck = {
  name: 'manifest',
  async before(context) {
    const { manifest: loaded } = context;
    if (loaded === null || loaded.data === null) return;
    checkAgreement(context, loaded);
    if (!context.foreign) checkTimes(context, loaded.data);
    const { manifest_digest: digest, ...body } = loaded.json;
    isHashOf(context, 'env_config_hash', body['env_config_hash'], body['env_config']!);
    const unchanged = isHashOf(context, 'manifest_digest', digest, body);
    if (unchanged && !context.foreign) await checkForm(context, loaded);
  },
};
