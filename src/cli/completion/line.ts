/** The words of a command line up to the cursor, as the shell scripts hand them over. */
export interface Line {
  /** Those before the one that is being typed, without quotes. */
  readonly before: readonly string[];
  /** The one that is being typed. */
  readonly word: string;
}

/** @param words in the order of the line; the last is the one at the cursor and may be empty */
export function readLine(words: readonly string[]): Line {
  return {
    before: words.slice(0, -1).map(withoutQuotes),
    // an open quote is no part of what the shell replaces
    word: (words.at(-1) ?? '').replace(/^['"]/, ''),
  };
}

/** bash and zsh hand words over as they were typed; fish, and a word without quotes, need nothing done. */
function withoutQuotes(word: string): string {
  return word.replaceAll(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gs,
    (_all, single?: string, double?: string, one?: string) =>
      single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? one ?? '',
  );
}

/** What the line gives a flag: the last `--flag value` or `--flag=value`, else null. */
export function flagValue({ before }: Line, flag: string): string | null {
  for (let i = before.length - 1; i >= 0; i--) {
    const word = before[i]!;
    if (word === flag) return before[i + 1] ?? null;
    if (word.startsWith(`${flag}=`)) return word.slice(flag.length + 1);
  }
  return null;
}

/** The overrides on the line that are complete. */
export function overridesOf({ before }: Line): string[] {
  return before.filter((word) => /^(?:[+~]*[\w@./:]+=|~)/.test(word));
}
