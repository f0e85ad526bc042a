import type { z } from 'zod';

/** What the schema says in its own words, or those of zod put into ours. */
export function expectation(issue: z.core.$ZodIssue): string {
  if (!/^(?:Invalid|Too )/.test(issue.message)) return issue.message;
  if (issue.code === 'invalid_value') return `expected ${issue.values.map(String).join(' or ')}`;
  if (issue.code === 'too_small' && issue.origin === 'string') return 'expected text that is not empty';
  if ((issue.code === 'too_small' || issue.code === 'too_big') && issue.origin === 'array')
    return listLength(issue);
  if (issue.code === 'invalid_type') return `expected ${TYPE_NAMES[issue.expected] ?? issue.expected}`;
  return issue.message;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  boolean: 'true or false',
  string: 'text',
  tuple: 'a list, such as [64,64]',
  array: 'a list',
  object: 'a mapping',
};

function listLength(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const length = issue.code === 'too_small' ? issue.minimum : issue.maximum;
  return `expected a list of ${length}`;
}
