import { RUN_FILE } from '../../core/layout.js';
import { SCHEMA_VERSION } from '../../core/streams.js';
import type { FileCheck } from '../run-context.js';

const [MAJOR] = SCHEMA_VERSION.split('.');

/** The schema version is one we can read: within a major version fields are only ever added. */
export const version: FileCheck = {
  name: 'version',
  before({ directory: { run }, foreign, report }) {
    const found = run.schema_version;
    if (foreign) report('schema-older', RUN_FILE, `schema_version ${found}: written by plume_nav_sim`);
    else if (!new RegExp(`^${MAJOR}\\.\\d+\\.\\d+$`).test(found)) {
      report('schema-version', RUN_FILE, `schema_version is '${found}', known are 0.1 and ${MAJOR}.x.y`);
    }
  },
};
