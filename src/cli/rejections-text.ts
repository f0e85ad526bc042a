import type { RejectionCounts } from '../core/rejections.js';
import { formatCount, plural } from './ui.js';

/** How many episodes were rejected and by which rule, as a line of a command's result; none without rules. */
export function rejectionLines(counts: RejectionCounts | null): string[] {
  if (counts === null) return [];
  const { checked, rejected, sampled, dropped, by_rule: byRule } = counts;
  if (rejected === 0) return [`qc      none of ${plural(checked, 'episode')} rejected`];
  const rules = Object.entries(byRule).map(([rule, count]) => `${rule} ${formatCount(count)}`);
  const fate =
    sampled + dropped === 0
      ? 'marked in qc.jsonl'
      : `steps of ${formatCount(sampled)} kept as samples, of ${formatCount(dropped)} dropped`;
  return [
    `qc      ${formatCount(rejected)} of ${plural(checked, 'episode')} rejected: ${rules.join(', ')}; ${fate}`,
  ];
}
