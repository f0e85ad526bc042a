/** A word that could stand where the cursor is. */
export interface Candidate {
  /** The whole word; of `--flag=value` the value alone, which is what the shell scripts expect. */
  readonly value: string;
  readonly description?: string | undefined;
}

/** Candidates, or that the shell shall complete names of files or folders itself. */
export type Answer = readonly Candidate[] | 'files' | 'folders';

/** What the shell scripts understand in the last line: a set of bits. */
export const DIRECTIVE = { files: 0, noSpace: 2, noFiles: 4, folders: 16 } as const;

/** Plain in every shell and in the override grammar: typed as it is, without quotes. */
const PLAIN = /^[\w.,:=@/+~-]+$/;

/**
 * The answer to a shell script: a line for each candidate that continues the word, a tab before its description, and a
 * last line `:BITS`. Names that would have to be quoted are left out: a file may be called `$(rm -rf ~).yaml`.
 */
export function formatAnswer(answer: Answer, word: string): string {
  if (typeof answer === 'string') return `:${DIRECTIVE[answer]}\n`;
  const fitting = answer.filter(({ value }) => value.startsWith(word) && PLAIN.test(value));
  const unfinished = fitting.some(({ value }) => /[=./]$/.test(value));
  const lines = fitting.map(
    ({ value, description = '' }) => `${value}\t${description.replace(/\s+/g, ' ')}\n`,
  );
  return `${lines.join('')}:${DIRECTIVE.noFiles | (unfinished ? DIRECTIVE.noSpace : 0)}\n`;
}
