import type { RejectionCounts } from '../core/rejections.js';
import { formatCount, plural } from './ui.js';

/** How many episodes were rejected, by which rules, and what became of their steps. */
export function rejectionText({
  checked,
  rejected,
  sampled,
  dropped,
  by_rule: byRule,
}: RejectionCounts): string {
  if (rejected === 0) return `none of ${plural(checked, 'episode')} rejected`;
  const rules = Object.entries(byRule).map(([rule, count]) => `${rule} ${formatCount(count)}`);
  const fate =
    sampled + dropped === 0
      ? 'marked in qc.jsonl'
      : `steps of ${formatCount(sampled)} kept as samples, of ${formatCount(dropped)} dropped`;
  return `${formatCount(rejected)} of ${plural(checked, 'episode')} rejected: ${rules.join(', ')}; ${fate}`;
}
