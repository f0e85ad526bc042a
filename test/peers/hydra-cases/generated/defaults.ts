import type { Draw } from './pick.js';

/** The files of a generated tree, by path without `.yaml`. */
export interface Layout {
  readonly paths: readonly string[];
  readonly groups: readonly string[];
  /** Groups that a defaults line chose from so far: a second choice needs a package of its own. */
  readonly chosen: Set<string>;
}

const GROUPS = ['g', 'h', 'g/i', 'g/i/j', 'h/k'];
const OPTIONS = ['one', 'two', 'three'];

/** config, and one to five more files in nested groups. */
export function layout(draw: Draw): Layout {
  const paths = new Set(['config']);
  const some = draw.list(1, 3, () => draw.of(GROUPS));
  for (const path of draw.list(1, 5, () =>
    draw.chance(12) ? draw.of(['base', 'extra']) : `${draw.of(some)}/${draw.of(OPTIONS)}`,
  ))
    paths.add(path);
  const groups = [...new Set([...paths].filter((path) => path.includes('/')).map(groupOf))];
  return { paths: [...paths], groups: groups.length === 0 ? ['g'] : groups, chosen: new Set() };
}

export const groupOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** An option of a group, mostly one of the files that are there. */
export function option(draw: Draw, paths: readonly string[], group: string): string {
  const there = paths.filter((path) => path !== 'config' && groupOf(path) === group).map(nameOf);
  return there.length === 0 || draw.chance(3) ? draw.of([...OPTIONS, 'none']) : draw.of(there);
}

export const packageName = (draw: Draw): string =>
  draw.of(['_global_', 'p', 'a.b', '_here_', 'g', '_group_', 'x._group_', '_global_.z', 'q', 'p.x']);

/** The defaults list of a file, as YAML lines; empty when it has none. */
export function defaultsList(draw: Draw, tree: Layout, file: string): string[] {
  // A file mostly builds on files that come after it, so that few trees go in circles.
  const after = tree.paths.slice(tree.paths.indexOf(file) + 1);
  const targets = draw.chance(2) ? tree.paths : after;
  if (targets.length === 0 || !draw.chance(file === 'config' ? 97 : 45)) return [];
  const lines = draw.list(1, file === 'config' ? 4 : 2, () => defaultsLine(draw, tree, file, targets));
  if (draw.chance(60)) lines.splice(draw.below(lines.length + 1), 0, '_self_');
  const group = draw.of(tree.groups);
  if (draw.chance(file === 'config' || !tree.chosen.has(group) ? 3 : 25)) {
    lines.push(`override /${group}${packaged(draw, 8)}: ${option(draw, tree.paths, group)}`);
  }
  return lines;
}

/** Another file, as a relative or an absolute name seen from a group. */
function named(draw: Draw, target: string, from: string): string {
  if (from === '') return draw.chance(12) ? `/${target}` : target;
  return target.startsWith(`${from}/`) && draw.chance(80) ? target.slice(from.length + 1) : `/${target}`;
}

const packaged = (draw: Draw, percent: number): string =>
  draw.chance(percent) ? `@${packageName(draw)}` : '';

function defaultsLine(draw: Draw, tree: Layout, file: string, targets: readonly string[]): string {
  const from = groupOf(file);
  const target = draw.of(targets);
  const group = groupOf(target);
  if (group === '' || draw.chance(12)) {
    return `${draw.chance(3) ? 'optional ' : ''}${named(draw, target, from)}${packaged(draw, 20)}`;
  }
  const again = tree.chosen.has(group) && draw.chance(92);
  const place = again ? `@${packageName(draw)}.n${tree.chosen.size}` : packaged(draw, 18);
  tree.chosen.add(place === '' ? group : `${group}${place}`);
  const chosen = (): string => option(draw, targets, group);
  const choice = draw.weighted<string>([
    [74, chosen],
    [8, () => `[${draw.list(0, 3, chosen).join(', ')}]`],
    [6, () => 'null'],
    [2, () => '???'],
    [7, () => interpolatedOption(draw, tree) ?? chosen()],
    [1, () => draw.of(['1', '"one.yaml"', '_self_', '""', '[null]', 'one two'])],
  ]);
  return `${draw.chance(12) ? 'optional ' : ''}${named(draw, group, from)}${place}: ${choice}`;
}

/** An option that depends on the option of another group, or on the environment; null mostly when it cannot. */
function interpolatedOption(draw: Draw, tree: Layout): string | null {
  if (draw.chance(15)) return `\${oc.env:${draw.of(['PLUME_OPTION', 'PLUME_OPTION', 'NOPE,two', 'NOPE'])}}`;
  const known = [...tree.chosen].filter((key) => !key.includes('/') && !key.includes('@'));
  if (known.length === 0 && draw.chance(85)) return null;
  const key =
    known.length > 0 && draw.chance(85) ? draw.of(known) : draw.of([...tree.chosen, ...tree.groups]);
  return draw.of([
    `\${${key}}`,
    `"\${${key}}"`,
    `\${${key}}`,
    `o\${${key}}`,
    `\${${key.replaceAll('/', '.')}}`,
  ]);
}
