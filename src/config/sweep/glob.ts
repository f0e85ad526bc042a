/** The names that match an include pattern and no exclude pattern, in their order. */
export function globNames(
  names: readonly string[],
  { include, exclude }: { readonly include: readonly string[]; readonly exclude: readonly string[] },
): string[] {
  const matchers = (patterns: readonly string[]): RegExp[] => patterns.map(toRegExp);
  const [wanted, unwanted] = [matchers(include), matchers(exclude)];
  return names.filter((name) => wanted.some((m) => m.test(name)) && !unwanted.some((m) => m.test(name)));
}

/** A shell pattern as Python's fnmatch reads it: `*`, `?`, `[a-z]`, `[!a-z]`; a bracket that is not closed is itself. */
function toRegExp(pattern: string): RegExp {
  const source = pattern.replace(
    /(\*+)|(\?)|\[(!|(?!!))(\][^\]]*|[^\]]+)\]|([\s\S])/gu,
    (_all, stars?: string, one?: string, not?: string, members?: string, other?: string) => {
      if (stars !== undefined) return '.*';
      if (one !== undefined) return '.';
      return members === undefined ? other!.replace(/[\\^$.*+?()[\]{}|/]/u, '\\$&') : classOf(not!, members);
    },
  );
  return new RegExp(`^${source}$`, 'su');
}

/** A character class; ranges that run backwards hold nothing. */
function classOf(not: string, members: string): string {
  const kept = members.replace(
    /([\s\S])-([\s\S])|([\s\S])/gu,
    (_all, low?: string, high?: string, one?: string) => {
      if (one !== undefined) return escapeMember(one);
      return low!.codePointAt(0)! <= high!.codePointAt(0)!
        ? `${escapeMember(low!)}-${escapeMember(high!)}`
        : '';
    },
  );
  return `[${not === '!' ? '^' : ''}${kept}]`;
}

const escapeMember = (char: string): string => char.replace(/[\\\]^[-]/u, '\\$&');
