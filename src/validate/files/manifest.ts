import { canonicalHash, canonicalJson, type JsonValue } from '../../core/canonical-json.js';
import { MANIFEST_FILE } from '../../core/layout.js';
import type { FileCheck, LoadedManifest, RunContext } from '../run-context.js';

/** Keys run.json and manifest.json must agree on. */
const SHARED = ['run_id', 'experiment', 'schema_version', 'config_hash', 'env_config'] as const;

function checkAgreement({ directory: { runJson }, report }: RunContext, { json }: LoadedManifest): void {
  for (const key of SHARED) {
    const here = canonicalJson(json[key] ?? null);
    const there = canonicalJson(runJson[key] ?? null);
    if (here === there) continue;
    report('manifest-run', MANIFEST_FILE, `${key} is ${shorten(here)}, run.json says ${shorten(there)}`);
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
    const { manifest_digest: digest, ...body } = loaded.json;
    checkHash(context, 'env_config_hash', body['env_config_hash'], body['env_config']!);
    checkHash(context, 'manifest_digest', digest, body);
  },
};
