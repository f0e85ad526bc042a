import type { FileEntry, GroupEntry } from './entry.js';

/**
 * Where an entry of a defaults list stands: relative names and packages start from what contains it.
 * Everything here is how Hydra computes paths and packages, as docs/config.md tells it to users.
 */
export interface Place {
  /** Group of the containing file: `data_capture` for data_capture/config. */
  readonly parentGroup: string;
  /** Package of the containing file: '' is the root. */
  readonly parentPackage: string;
}

type Named = FileEntry | GroupEntry;

const named = (entry: Named): string => (entry.kind === 'group' ? entry.group : entry.path);
const dotted = (group: string): string => group.replaceAll('/', '.');

function absolutePath(entry: Named, place: Place): string {
  const name = named(entry);
  if (name.startsWith('/')) return name.slice(1);
  return place.parentGroup === '' ? name : `${place.parentGroup}/${name}`;
}

function parentOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

/** The group an entry's file lies in: `env/plume`. */
export function groupPath(entry: Named, place: Place): string {
  const path = absolutePath(entry, place);
  return entry.kind === 'group' ? path : parentOf(path);
}

/** The file: `env/plume/static`. */
export function configPath(entry: Named, place: Place, option: string | null): string {
  return entry.kind === 'group' ? `${groupPath(entry, place)}/${option}` : absolutePath(entry, place);
}

/** The package an entry itself names; `_here_` is the package of the containing file. */
function ownPackage(entry: Named, place: Place): string | null {
  if (entry.package === null) return null;
  if (entry.package === '_here_') return '';
  if (!entry.package.includes('_group_')) return entry.package;
  return `_global_.${entry.package.replaceAll('_group_', dotted(groupPath(entry, place)))}`;
}

/**
 * Where the entry's content goes: its own package, else the file's header, else its group as written.
 * @param header from the file; null to leave it out of account
 */
export function finalPackage(entry: Named, place: Place, header: string | null): string {
  const relative = named(entry).replace(/^\//, '');
  const package_ =
    ownPackage(entry, place) ??
    absoluteHeader(header) ??
    dotted(entry.kind === 'group' ? relative : parentOf(relative));
  const joined = [place.parentPackage, package_].filter((part) => part !== '').join('.');
  const global = joined.lastIndexOf('_global_');
  return global < 0 ? joined : joined.slice(global + '_global_.'.length);
}

/** A header counts from the root of the tree. */
function absoluteHeader(header: string | null): string | null {
  if (header === null || header === '_global_' || header.startsWith('_global_.')) return header;
  return `_global_.${header}`;
}

/** How overrides call a group: `group`, or `group@package` where it was put elsewhere. */
export function overrideKey(entry: Named, place: Place): string {
  const group = groupPath(entry, place);
  const package_ = finalPackage(entry, place, null);
  return package_ === dotted(group) ? group : `${group}@${package_ === '' ? '_global_' : package_}`;
}
