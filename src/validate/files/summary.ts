import { canonicalJson } from '../../core/canonical-json.js';
import { MANIFEST_FILE } from '../../core/layout.js';
import { integers, seedSummary } from '../../core/manifest.js';
import type { FileCheck } from '../run-context.js';

/** Totals, counts, seed summary and content digest of the manifest are those of the run. */
export const summary: FileCheck = {
  name: 'summary',
  after({ manifest, directory, records, counts, report }) {
    const data = manifest?.data ?? null;
    if (manifest === null || data === null) return;
    const { files, content_digest: digest } = data;
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const expected = {
      totals: integers({ files: files.length, bytes }),
      seed_summary: seedSummary(directory.run),
      // Records that could not be read were reported; what they were nobody knows.
      ...(records.contentDigest === null ? {} : { counts: integers(counts) }),
    };
    for (const [key, value] of Object.entries(expected)) {
      const here = canonicalJson(manifest.json[key]!);
      const there = canonicalJson(value);
      if (here !== there)
        report('manifest-totals', MANIFEST_FILE, `${key} is ${here}, but should be ${there}`);
    }
    if (records.contentDigest !== null && records.contentDigest !== digest) {
      const message = `content_digest is ${digest}, the records have ${records.contentDigest}`;
      report('content-digest', MANIFEST_FILE, message);
    }
  },
};
