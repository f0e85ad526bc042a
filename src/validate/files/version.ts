import { RUN_FILE } from '../../core/layout.js';
import { recordingOf } from '../../core/recording.js';
import { EXTENDED_SCHEMA_VERSION, SCHEMA_VERSION, schemaVersionOf } from '../../core/streams.js';
import type { FileCheck } from '../run-context.js';

const [MAJOR] = SCHEMA_VERSION.split('.');
const OURS: readonly string[] = [SCHEMA_VERSION, EXTENDED_SCHEMA_VERSION];

/** The schema version is one we can read, and that of the columns: within a major version fields are only added. */
export const version: FileCheck = {
  name: 'version',
  before({ directory: { run }, foreign, report }) {
    const found = run.schema_version;
    if (foreign) report('schema-older', RUN_FILE, `schema_version ${found}: written by plume_nav_sim`);
    else if (!new RegExp(`^${MAJOR}\\.\\d+\\.\\d+$`).test(found)) {
      report('schema-version', RUN_FILE, `schema_version is '${found}', known are 0.1 and ${MAJOR}.x.y`);
    } else if (OURS.includes(found)) {
      const expected = schemaVersionOf(recordingOf(run));
      const message = `schema_version is ${found}, but with the columns that run.json lists it is ${expected}`;
      if (found !== expected) report('schema-version', RUN_FILE, message);
    }
  },
};
