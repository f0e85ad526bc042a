import { describeOrigin, type Origin } from '../origin.js';
import { refuse } from '../problems.js';
import type { ConfigSource } from '../source.js';
import { suggestName } from '../suggest.js';
import type { FileEntry, GroupEntry } from './entry.js';

/** A group whose option is still `???`. */
export function refuseUnchosen(origin: Origin, key: string, group: string, source: ConfigSource): never {
  const valid = source.options(group).join(', ');
  return refuse(`${describeOrigin(origin)}: choose an option: '${key}=…'; valid: ${valid}`);
}

/** The config that was to be started is not there. */
export function refuseNoConfig(path: string, source: ConfigSource): never {
  const hint = suggestName(path, source.allConfigs());
  return refuse(`no config '${path}' in ${source.describe()}; ${hint}`);
}

/** A config that a defaults list or an override names is not there. */
export function refuseAbsent(entry: FileEntry | GroupEntry, path: string, source: ConfigSource): never {
  const cut = path.lastIndexOf('/') + 1;
  const group = path.slice(0, Math.max(0, cut - 1));
  const option = path.slice(cut);
  const where =
    entry.kind === 'group' || group !== ''
      ? `unknown option '${option}' for the group '${group}'`
      : `no config '${path}' in ${source.describe()}`;
  return refuse(`${describeOrigin(entry.origin)}: ${where}; ${suggestName(option, source.options(group))}`);
}
