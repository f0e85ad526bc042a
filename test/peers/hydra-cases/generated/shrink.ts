import type { GeneratedTree } from './trees.js';

/** Smaller texts: each without a line, or without a few characters of it. */
export function smallerTexts(text: string): string[] {
  const lines = text.split(/(?<=\n)/);
  const without = <T>(items: readonly T[], from: number, count: number): T[] => [
    ...items.slice(0, from),
    ...items.slice(from + count),
  ];
  if (lines.length > 1) {
    const shorter = lines.map((_line, i) => without(lines, i, 1).join(''));
    return [...shorter, ...charsLess(text)];
  }
  return charsLess(text);
}

function charsLess(text: string): string[] {
  const sizes = [8, 4, 2, 1].filter((size) => size < text.length);
  return sizes.flatMap((size) =>
    Array.from(
      { length: Math.floor(text.length / size) },
      (_none, i) => text.slice(0, i * size) + text.slice((i + 1) * size),
    ),
  );
}

/** Smaller trees: each without an override, a file, a line of a file, or with a simpler override. */
export function smallerTrees({ files, overrides }: GeneratedTree): GeneratedTree[] {
  const names = Object.keys(files);
  return [
    ...overrides.map((_override, i) => ({ files, overrides: overrides.filter((_other, j) => j !== i) })),
    ...names
      .filter((name) => name !== 'config')
      .map((name) => ({
        overrides,
        files: Object.fromEntries(Object.entries(files).filter(([other]) => other !== name)),
      })),
    ...names.flatMap((name) => {
      const lines = files[name]!.split(/(?<=\n)/).filter((line) => line !== '');
      return lines.map((_line, i) => ({
        overrides,
        files: { ...files, [name]: lines.filter((_other, j) => j !== i).join('') },
      }));
    }),
  ];
}
