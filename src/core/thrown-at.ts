/**
 * Where in somebody's module an error came about, as ` (my-policy.js:12)`; empty when it was elsewhere. A stack
 * trace says the same in twenty lines.
 *
 * @param file path or name of the module
 */
export function thrownAt(error: unknown, file: string): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const name = file.slice(file.lastIndexOf('/') + 1);
  for (let at = stack.indexOf(`/${name}:`); at >= 0; at = stack.indexOf(`/${name}:`, at + 1)) {
    const line = /^\d+/.exec(stack.slice(at + name.length + 2));
    if (line !== null) return ` (${name}:${line[0]})`;
  }
  return '';
}

/** What was thrown, as one line: `TypeError: x is not a function`. */
export function thrownText(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.split('\n', 1)[0]!;
}
