import type { Finding } from '../core/report.js';

/** Findings shown of one code in one file; the rest is counted, so that neither memory nor output grows. */
const FINDINGS_SHOWN = 20;

/** Kinds, a code in a file each, that are told apart: a stranger's run may have a million files. */
const KINDS = 1000;

/** Collects findings in order, counting instead of keeping those that repeat. */
export class FindingList {
  errors = 0;
  notes = 0;
  private readonly shown: Finding[] = [];
  private readonly counts = new Map<string, number>();

  add = (finding: Finding): void => {
    if (finding.severity === 'error') this.errors++;
    else this.notes++;
    const key = this.keyOf(finding);
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    if (count <= FINDINGS_SHOWN) this.shown.push(finding);
  };

  /** What was kept, each kind followed by how many more there were. */
  list(): Finding[] {
    const left = new Map<string, number>();
    for (const [key, count] of this.counts) if (count > FINDINGS_SHOWN) left.set(key, FINDINGS_SHOWN);
    const all: Finding[] = [];
    for (const finding of this.shown) {
      all.push(finding);
      const key = this.keyOf(finding);
      const remaining = left.get(key);
      if (remaining === undefined) continue;
      left.set(key, remaining - 1);
      if (remaining > 1) continue;
      const more = this.counts.get(key)! - FINDINGS_SHOWN;
      all.push({ ...finding, line: null, message: `and ${more} more findings of this kind` });
    }
    return all;
  }

  /** Of its code in its file, or in all files that are too many to be told apart. */
  private keyOf({ code, file }: Finding): string {
    const key = `${code} ${file ?? ''}`;
    return this.counts.has(key) || this.counts.size < KINDS ? key : code;
  }
}
