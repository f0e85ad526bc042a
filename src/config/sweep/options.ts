import type { GlobSweep } from '../override/sweeps.js';
import { refuse } from '../problems.js';
import type { ConfigSource } from '../source.js';
import { suggestName } from '../suggest.js';
import { globNames } from './glob.js';

/**
 * The options of the group `key` that a glob matches, sorted.
 * @throws ConfigError when there is no such group, or nothing in it matches
 */
export function matchingOptions(glob: GlobSweep, key: string, text: string, source: ConfigSource): string[] {
  if (!source.isGroup(key)) {
    const slashed = key.replaceAll('.', '/');
    const groups = [...new Set(source.allConfigs().map((path) => path.replace(/\/?[^/]*$/, '')))];
    refuse(
      source.isGroup(slashed)
        ? `override '${text}': '${key}' is a group; write '${text.replace(key, slashed)}'`
        : `override '${text}': glob lists the options of a group, and there is no group '${key}'; ${suggestName(
            key,
            groups.filter((group) => group !== ''),
          )}`,
    );
  }
  const options = source.options(key).sort();
  const matching = globNames(options, glob);
  if (matching.length === 0) {
    const within = source.groups(key).map((name) => `${key}/${name}`);
    const known =
      options.length > 0 ? `it has ${options.join(', ')}` : `it holds the groups ${within.join(', ')}`;
    refuse(`override '${text}': no option of the group '${key}' matches; ${known}`);
  }
  return matching;
}
