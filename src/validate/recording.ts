import type { RecordingValidation } from '../core/ports.js';
import type { RunMetadata } from '../core/records.js';
import { CHECKS } from './checks/index.js';
import { FindingList } from './finding-list.js';
import { RowChecks } from './row-checks.js';

/** The checks that look at records, on the batches as they are written. */
export function createRecordingValidation(run: RunMetadata): RecordingValidation {
  const findings = new FindingList();
  const rows = new RowChecks({ run, source: 'recording', end: 'unknown', add: findings.add });
  return {
    addSteps: (batch, from, to) => rows.addSteps(batch, from, to),
    endEpisode: (batch, row) => rows.endEpisode(batch, row),
    markGap: () => rows.markGap(),
    markLeftOut: () => rows.markLeftOut(),
    finish() {
      rows.finish(false);
      return {
        ok: findings.errors === 0,
        source: 'recording',
        checks: CHECKS.map(({ name }) => name),
        counts: { ...rows.counts },
        errors: findings.errors,
        notes: findings.notes,
        findings: findings.list(),
      };
    },
  };
}
