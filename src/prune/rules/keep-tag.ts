import { requireTag } from '../../catalog/marks.js';
import type { RuleParser } from './rule.js';

/** Keeps runs with a tag. */
export const keepTag: RuleParser = (value) => {
  const tag = requireTag(value);
  const label = `keep-tag ${tag}`;
  return {
    label,
    keep: (runs) => new Map(runs.filter(({ marks }) => marks.tags.includes(tag)).map((run) => [run, label])),
  };
};
