import { resolve } from 'node:path';
import type { JsonValue } from '../core/canonical-json.js';
import { configPart, mergeOrder, toYaml, type Branch, type Composition } from '../config/index.js';
import { configJson } from './config-json.js';
import { printable } from './ui.js';
import type { CaptureOptions } from './commands/capture.js';

type Info = NonNullable<CaptureOptions['info']>;

/** `--info`: how a configuration comes about, in the form that Hydra prints it; without Hydra's own configs. */
export function showInfo(composition: Composition, info: Info, json: boolean): string {
  if (json) return `${configJson(INFO_JSON[info](composition))}\n`;
  return INFO_TEXT[info](composition);
}

const INFO_TEXT: Readonly<Record<Info, (composition: Composition) => string>> = {
  defaults: (composition) => section('Defaults List', table(defaultsRows(composition))),
  'defaults-tree': (composition) =>
    section('Defaults Tree', `${treeLines(composition.defaults, 0).join('\n')}\n`),
  searchpath: (composition) => section('Config search path', table(searchRows(composition))),
  config: (composition) =>
    [
      INFO_TEXT.searchpath(composition),
      INFO_TEXT['defaults-tree'](composition),
      INFO_TEXT.defaults(composition),
      section('Config', toYaml(configPart(composition, null, false), { interpolations: 'kept' })),
    ].join('\n'),
};

const INFO_JSON: Readonly<Record<Info, (composition: Composition) => JsonValue>> = {
  defaults: ({ defaults }) =>
    mergeOrder(defaults).map(({ config, package: package_, isSelf, parent }) => ({
      config_path: config.path,
      package: package_,
      is_self: isSelf,
      parent,
    })),
  'defaults-tree': ({ defaults }) => branchJson(defaults),
  searchpath: ({ source }) =>
    source.roots.map(({ provider, folder }) => ({ provider, path: resolve(folder) })),
  config: (composition) => ({
    searchpath: INFO_JSON.searchpath(composition),
    defaults_tree: INFO_JSON['defaults-tree'](composition),
    defaults: INFO_JSON.defaults(composition),
    config: configPart(composition, null, false) as JsonValue,
  }),
};

type Rows = readonly [readonly string[], ...(readonly string[])[]];

function defaultsRows({ defaults }: Composition): Rows {
  const rows = mergeOrder(defaults).map(({ config, package: package_, isSelf, parent }) => [
    config.path,
    package_,
    isSelf ? 'True' : 'False',
    parent ?? '<root>',
  ]);
  return [['Config path', 'Package', '_self_', 'Parent'], ...rows];
}

function searchRows({ source }: Composition): Rows {
  return [
    ['Provider', 'Search path'],
    ...source.roots.map(({ provider, folder }) => [provider, `file://${resolve(folder)}`]),
  ];
}

function treeLines({ label, children }: Branch, depth: number): string[] {
  const line = `${'  '.repeat(depth)}${printable(label)}${children.length > 0 ? ':' : ''}`;
  return [line, ...children.flatMap((child) => treeLines(child, depth + 1))];
}

function branchJson({ label, children }: Branch): JsonValue {
  return children.length === 0 ? { label } : { label, children: children.map(branchJson) };
}

const section = (title: string, text: string): string => `${title}\n${'*'.repeat(title.length)}\n${text}`;

function table([head, ...rows]: Rows): string {
  const all = [head, ...rows].map((row) => row.map(printable));
  const widths = head.map((_cell, column) => Math.max(...all.map((row) => row[column]!.length)));
  const lines = all.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`,
  );
  const rule = '-'.repeat(lines[0]!.length);
  return `${[lines[0], rule, ...lines.slice(1), rule].join('\n')}\n`;
}
