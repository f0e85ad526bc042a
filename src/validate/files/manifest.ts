import { canonicalHash, canonicalJson, type JsonMap, type JsonValue } from '../../core/canonical-json.js';
import { shown } from '../../core/findings.js';
import { MANIFEST_FILE } from '../../core/layout.js';
import type { Manifest } from '../../core/records.js';
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

function checkHash({ report }: RunContext, key: string, stated: JsonValue | undefined, of: JsonValue): void {
  const hash = canonicalHash(of);
  if (stated === hash) return;
  report(
    'manifest-digest',
    MANIFEST_FILE,
    `${key} is ${canonicalJson(stated ?? null)}, but should be ${hash}`,
  );
}

const shorten = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);

/** The manifest agrees with run.json, and has not been changed since it was written. */
export const manifest: FileCheck = {
  name: 'manifest',
  before(context) {
    const { manifest: loaded } = context;
    if (loaded === null || loaded.data === null) return;
    checkAgreement(context, loaded);
    if (!context.foreign) checkTimes(context, loaded.data);
    const { manifest_digest: digest, ...body } = loaded.json;
    checkHash(context, 'env_config_hash', body['env_config_hash'], body['env_config']!);
    checkHash(context, 'manifest_digest', digest, body);
  },
};
