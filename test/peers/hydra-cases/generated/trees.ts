import type fc from 'fast-check';
import { defaultsList, groupOf, layout, option, packageName, type Layout } from './defaults.js';
import { interpolation } from './interpolations.js';
import { valueTokens } from './overrides.js';
import { drawn, type Draw } from './pick.js';
import { quoted, yamlValue } from './values.js';

/** A config tree and the overrides it is composed with. */
export interface GeneratedTree {
  /** By path without `.yaml`; `config` is the primary one. */
  readonly files: Readonly<Record<string, string>>;
  readonly overrides: readonly string[];
}

const KEYS = ['p', 'q', 'r', 's'];

/** In every primary config, so that interpolations and overrides find something. */
const ALWAYS = 't: {x: 1, y: [2, a], z: {w: true}}\nu: text\n';
const THERE = ['t', 't.x', 't.y', 't.y.0', 't.y.1', 't.z', 't.z.w', 'u'];

export const generatedTree: fc.Arbitrary<GeneratedTree> = drawn((draw) => {
  const tree = layout(draw);
  const paths = tree.paths.flatMap((file) => {
    const prefix = groupOf(file).replaceAll('/', '.');
    return [...KEYS, 'p.x', 'q.y', 'r.0'].map((key) => (prefix === '' ? key : `${prefix}.${key}`));
  });
  paths.push(...THERE, ...THERE, ...THERE);
  const files = Object.fromEntries(tree.paths.map((file) => [file, fileText(draw, tree, file, paths)]));
  files['config'] += ALWAYS;
  return { files, overrides: draw.list(0, draw.of([1, 1, 2, 3]), () => override(draw, tree, paths)) };
});

/** Mostly of a key that is surely there, in one of the plain forms. */
function reference(draw: Draw, paths: readonly string[]): string {
  if (draw.chance(35)) return interpolation(draw, paths);
  const key = draw.of(THERE);
  return draw.of([
    `\${${key}}`,
    `\${${key}}`,
    `v \${${key}}`,
    `\${oc.select:${draw.of(paths)},${draw.of(['1', 'a b', 'null'])}}`,
  ]);
}

function fileText(draw: Draw, tree: Layout, file: string, paths: readonly string[]): string {
  const header = draw.chance(file === 'config' ? 2 : 18)
    ? `# @package ${draw.of(['_global_', 'a.b', 'g', 'p', '_global_.w', 'p.x', 'h.k', draw.of(['_group_', 'q'])])}\n`
    : '';
  const lines = defaultsList(draw, tree, file);
  const list = lines.length === 0 ? '' : `defaults:\n${lines.map((line) => `  - ${line}\n`).join('')}`;
  const own = draw.chance(85) ? [...KEYS] : [...KEYS, 'g', 'h'];
  const keys = draw.list(0, 4, () => draw.of(own)).filter((key, i, all) => all.indexOf(key) === i);
  const body = keys.map((key) => entry(draw, key, paths)).join('');
  const text = draw.chance(90) ? list + body : body + list;
  return header + text;
}

function entry(draw: Draw, key: string, paths: readonly string[]): string {
  const options = { depth: 2, interpolation: (): string => reference(draw, paths) };
  if (draw.chance(5)) return `${key}: ${quoted(reference(draw, paths))}\n`;
  if (draw.chance(70))
    return `${key}: ${yamlValue(draw, { ...options, interpolation: draw.chance(10) ? options.interpolation : null })}\n`;
  const inner = draw.list(
    1,
    3,
    (i) => `  ${['x', 'y', 'z'][i]}: ${yamlValue(draw, { ...options, depth: 1 })}\n`,
  );
  return `${key}:\n${inner.join('')}`;
}

function override(draw: Draw, tree: Layout, paths: readonly string[]): string {
  const group = draw.of(tree.groups);
  const path = draw.chance(80)
    ? draw.of(paths)
    : draw.of(['n', 'p.n', 'g.n.m', 'a.b.p', 'p.0', 'r.1', 'r.0.x', 'p.x.y', 'w', 'q.0.1']);
  const chosen = (): string =>
    draw.chance(85)
      ? option(draw, tree.paths, group)
      : `[${draw.list(0, 2, () => option(draw, tree.paths, group)).join(',')}]`;
  const place = draw.chance(15) ? `@${packageName(draw)}` : '';
  return draw.weighted<string>([
    // Mostly what can be: a choice for a group that is there, an addition where there is none.
    [30, () => `${tree.chosen.has(group + place) !== draw.chance(8) ? '' : '+'}${group}${place}=${chosen()}`],
    [6, () => `+${group}${place}=${chosen()}`],
    [
      5,
      () =>
        `~${draw.chance(70) && tree.chosen.size > 0 ? draw.of([...tree.chosen]) : group}${place}${draw.chance(25) ? `=${chosen()}` : ''}`,
    ],
    [26, () => `${path}=${value(draw, paths)}`],
    [9, () => `+${path}=${value(draw, paths)}`],
    [12, () => `++${path}=${value(draw, paths)}`],
    [6, () => `~${path}${draw.chance(25) ? `=${value(draw, paths)}` : ''}`],
    [1, () => draw.of(['++g=one', 'g=null', 'g=1', '=1', 'p', 'g@a:b=one', 'nope/x=1', '+nope/x=1'])],
  ]);
}

function value(draw: Draw, paths: readonly string[]): string {
  return draw.weighted<string>([
    [40, () => draw.of(['1', '2.0', 'true', 'null', 'text', '???', '""', "'a b'", '1e3'])],
    [15, () => draw.of(['{x: 1}', '{y: 2}', '{x: {y: 3}}', '{}', '{n: 1}'])],
    [12, () => draw.of(['[]', '[1]', '[a,b]', '[{x: 1}]', '[[1],2]'])],
    [10, () => inQuotes(reference(draw, paths))],
    [6, () => `\${${draw.of(THERE)}}`],
    [10, () => valueTokens(draw, 2).join('')],
  ]);
}

/** In quotes that it does not have itself: Hydra fails on escaped ones (docs/config.md, "Quotes within quotes"). */
function inQuotes(text: string): string {
  return text.includes("'") ? `"${text.replaceAll('"', '')}"` : `'${text}'`;
}
