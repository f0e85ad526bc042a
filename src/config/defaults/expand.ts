import type { Environment } from '../interpolation/resolve.js';
import { describeOrigin, type Origin } from '../origin.js';
import { refuse } from '../problems.js';
import type { ConfigSource, LoadedConfig } from '../source.js';
import { refuseAbsent, refuseNoConfig, refuseUnchosen } from './absent.js';
import type { Choices } from './choices.js';
import type { Entry, FileEntry, GroupEntry, SelfEntry } from './entry.js';
import { resolveName, type KnownChoices } from './name.js';
import { configPath, finalPackage, groupPath, overrideKey, type Place } from './place.js';

/** A config file's own content and the package it goes to, in the order of merging. */
export interface Part {
  readonly config: LoadedConfig;
  readonly package: string;
  /** Override key of a group's file without a defaults list of its own; such a file may come only once. */
  readonly key: string | null;
  /** Config whose defaults list brought it in; null for the one that was started. */
  readonly parent: string | null;
  /** Whether it is the `_self_` of a file that has a defaults list. */
  readonly isSelf: boolean;
  /** Where it was chosen: a line of a defaults list, a variable or an override. */
  readonly chosenBy: Origin;
}

/** An entry of a defaults list with what it brought in. */
export interface Branch {
  /** `group: option`, the path of a config, or `_self_`. */
  readonly label: string;
  /** Null where nothing was brought in, or only by the children. */
  readonly part: Part | null;
  readonly children: readonly Branch[];
}

interface Context {
  readonly source: ConfigSource;
  readonly choices: Choices;
  /** For `${oc.env:…}` in the name of an option. */
  readonly env: Environment;
}

interface Walk extends Context {
  /** Files that have been brought in so far. */
  files: number;
}

/** Where in the walk an entry stands. */
interface Here {
  readonly place: Place;
  /** Config paths around this one. */
  readonly ancestors: readonly string[];
  /** Below an option chosen by `${…}`: no `override` lines there, choices are settled. */
  readonly settled: boolean;
}

/** As deep as other things may be nested. */
const MAX_DEPTH = 100;
/** Far more than a configuration is made of: lists that name each other twice double at every level. */
const MAX_FILES = 10_000;

const ROOT: Here = { place: { parentGroup: '', parentPackage: '' }, ancestors: [], settled: false };

/**
 * The defaults list of a config, expanded into the tree of what brought in what. Entries are walked from the last to
 * the first, as Hydra does, so that an `override` line reaches the entries before it.
 */
export function expandDefaults(name: string, context: Context): Branch {
  const { source, choices } = context;
  const origin = { kind: 'override', text: `--config-name ${name}` } as const;
  const primary: FileEntry = { kind: 'file', path: name, package: null, optional: false, origin };
  // the started config is always there, or refused
  const [branch] = expandEntry(primary, null, ROOT, { ...context, files: 0 }) as [Branch];
  requireOnce(mergeOrder(branch));
  choices.requireAllUsed(source);
  return branch;
}

/** Every file of a tree in the order of merging. */
export function mergeOrder({ part, children }: Branch): Part[] {
  return [...(part === null ? [] : [part]), ...children.flatMap(mergeOrder)];
}

function requireOnce(parts: readonly Part[]): void {
  const seen = new Set<string>();
  for (const { key, config } of parts) {
    if (key !== null && seen.has(key))
      refuse(`${config.file}: the group '${key}' appears more than once in the defaults lists`);
    if (key !== null) seen.add(key);
  }
}

/** @param option the chosen option of a group; null for a file entry, or for a group that is left empty */
function expandEntry(
  entry: FileEntry | GroupEntry,
  option: string | null,
  here: Here,
  context: Walk,
): Branch[] {
  const { source, choices } = context;
  const { place } = here;
  const isGroup = entry.kind === 'group';
  const key = isGroup ? overrideKey(entry, place) : null;
  if (key !== null) {
    if (choices.isDeleted(key, option)) return [without(`${key}: ${option}`, 'deleted')];
    choices.remember(key, groupPath(entry, place), option, entry.origin);
    if (option === null) return [without(`${key}: null`)];
    if (option === '???') refuseUnchosen(entry.origin, key, groupPath(entry, place), source);
  }
  const path = configPath(entry, place, option);
  const config = source.load(path);
  const label = key === null ? path : `${key}: ${option}`;
  if (config === null) {
    if (entry.optional) return [without(label, 'no such config')];
    return here.ancestors.length === 0 ? refuseNoConfig(path, source) : refuseAbsent(entry, path, source);
  }
  // A file may come again inside itself, where a choice for that place ends the circle.
  if (here.ancestors.length > MAX_DEPTH) {
    const around = here.ancestors.includes(path) ? 'includes itself' : 'is too deep';
    refuse(`${describeOrigin(entry.origin)}: '${path}' ${around} (more than ${MAX_DEPTH} levels)`);
  }

  if (++context.files > MAX_FILES) {
    refuse(`${describeOrigin(entry.origin)}: the defaults lists bring in more than ${MAX_FILES} files`);
  }
  const package_ = finalPackage(entry, place, config.header);
  const isPrimary = here.ancestors.length === 0;
  const entries = withSelf(config, isPrimary ? choices.appended : []);
  const inside: Here = {
    place: { parentGroup: groupPath(entry, place), parentPackage: package_ },
    ancestors: [...here.ancestors, path],
    settled: here.settled,
  };
  takeOverrideLines(entries, inside, choices);
  const own: Part = {
    config,
    package: package_,
    key: null,
    parent: here.ancestors.at(-1) ?? null,
    isSelf: false,
    chosenBy: entry.origin,
  };
  const children = expandChildren(entries, { ...own, isSelf: true }, inside, context);
  return [
    children === null ? { label, part: { ...own, key }, children: [] } : { label, part: null, children },
  ];
}

/** An entry that brings in nothing, and why where that is not plain. */
const without = (label: string, reason?: string): Branch => ({
  label: reason === undefined ? label : `${label} (${reason})`,
  part: null,
  children: [],
});

/** A file's defaults list with `_self_` last where it is not named, then what `+group=option` appends. */
function withSelf(config: LoadedConfig, appended: readonly GroupEntry[]): Entry[] {
  const entries = [...config.defaults];
  if (entries.length === 0 && appended.length === 0) return [];
  const selves = entries.filter((entry) => entry.kind === 'self');
  if (selves.length > 1) refuse(`${describeOrigin(selves[1]!.origin)}: '_self_' appears twice`);
  const hasOthers = entries.some((entry) => entry.kind !== 'self' && !isOverrideLine(entry));
  if (selves.length === 0 && (hasOthers || entries.length === 0)) {
    const self: SelfEntry = { kind: 'self', origin: config.body.origin };
    entries.push(self);
  }
  return [...entries, ...appended];
}

const isOverrideLine = (entry: Entry): entry is GroupEntry & { readonly override: true } =>
  entry.kind === 'group' && entry.override;

function takeOverrideLines(entries: readonly Entry[], { place, settled }: Here, choices: Choices): void {
  let seen: GroupEntry | null = null;
  for (const entry of entries) {
    if (isOverrideLine(entry)) {
      if (settled)
        refuse(`${describeOrigin(entry.origin)}: no 'override' lines below an option chosen by '\${…}'`);
      seen = entry;
      choices.addOverrideEntry(entry, place);
    } else if (seen !== null && entry.kind !== 'self' && !(entry.kind === 'group' && entry.appended)) {
      refuse(`${describeOrigin(seen.origin)}: 'override' lines must come last in a defaults list`);
    }
  }
}

/** What a defaults list brings in; null when it brings nothing, not even `_self_`. */
function expandChildren(entries: readonly Entry[], own: Part, inside: Here, context: Walk): Branch[] | null {
  const lines = entries.filter((entry) => !isOverrideLine(entry));
  const expanded: Branch[][] = lines.map(() => []);
  const later: { index: number; expand: (known: KnownChoices) => Branch[] }[] = [];
  let empty = true;
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = lines[index]!;
    if (line.kind === 'self') {
      expanded[index] = [{ label: '_self_', part: own, children: [] }];
      empty = false;
      continue;
    }
    const run = expandLine(line, inside, context);
    if (run.deferred) later.push({ index, expand: run.expand });
    else expanded[index] = run.expand(context.choices.known);
    if (!(line.kind === 'group' && Array.isArray(run.choice) && run.choice.length === 0)) empty = false;
  }
  // Options chosen by `${group}` see the final choice of every group that is not chosen so itself.
  const known = new Map(context.choices.known);
  for (const { index, expand } of later.reverse()) expanded[index] = expand(known);
  return empty ? null : expanded.flat();
}

function expandLine(line: FileEntry | GroupEntry, inside: Here, context: Walk) {
  const settled = { ...inside, settled: true };
  if (line.kind === 'file') {
    if (!line.path.includes('${'))
      return { deferred: false, choice: null, expand: () => expandEntry(line, null, inside, context) };
    const expand = (known: KnownChoices): Branch[] => {
      const path = resolveName(configPath(line, inside.place, null), line.origin, known, context.env);
      return expandEntry({ ...line, path: `/${path}` }, null, settled, context);
    };
    return { deferred: true, choice: null, expand };
  }
  const { choice, origin } = context.choices.choose(line, inside.place);
  const entry: GroupEntry = { ...line, choice, origin };
  if (typeof choice === 'string' && choice.includes('${')) {
    const expand = (known: KnownChoices): Branch[] =>
      expandEntry(entry, resolveName(choice, origin, known, context.env), settled, context);
    return { deferred: true, choice, expand };
  }
  if (choice === null || typeof choice === 'string') {
    return { deferred: false, choice, expand: () => expandEntry(entry, choice, inside, context) };
  }
  const expand = (): Branch[] =>
    [...choice]
      .reverse()
      .map((option) => {
        if (option.includes('${'))
          refuse(`${describeOrigin(origin)}: '\${…}' is not supported in a list of options`);
        const { optional, package: pkg, group } = entry;
        return expandEntry(
          { kind: 'file', path: `${group}/${option}`, package: pkg, optional, origin },
          null,
          inside,
          context,
        );
      })
      .reverse()
      .flat();
  return { deferred: false, choice, expand };
}
