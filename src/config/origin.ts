/** Where a value was written: a place in a file, an environment variable, the override as typed, or a run's own file. */
export type Origin =
  | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: 'environment'; readonly variable: string; readonly text: string }
  | { readonly kind: 'override'; readonly text: string }
  | { readonly kind: 'run'; readonly file: string };

export function describeOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'file':
      return `${origin.file}:${origin.line}`;
    case 'environment':
      return `environment variable ${origin.variable}=${origin.text}`;
    case 'override':
      return `override '${origin.text}'`;
    case 'run':
      return origin.file;
  }
}
