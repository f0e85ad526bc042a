import type { ConfigSource } from '../source.js';
import type { Override } from '../override/types.js';
import type { GroupEntry } from './entry.js';
import { overrideKey, type Place } from './place.js';
import { refuse } from '../problems.js';
import { describeOrigin, type Origin } from '../origin.js';
import { pythonStr } from '../python-text.js';
import { suggestName } from '../suggest.js';

type Choice = string | readonly string[] | null;

interface Wanted {
  readonly choice: Choice;
  /** The override as typed, or the file that holds the `override` line. */
  readonly origin: Origin;
  used: boolean;
}

/** Which option each group gets: what overrides and `override` lines ask for, and what was finally taken. */
export class Choices {
  readonly appended: GroupEntry[] = [];
  /** Final option by override key, for `${group}` in defaults lists. */
  readonly known = new Map<string, Choice>();
  readonly #wanted = new Map<string, Wanted>();
  readonly #deletions = new Map<string, { option: string | null; text: string; used: boolean }>();
  /** Override keys a group is known by. */
  readonly #keysOfGroup = new Map<string, Set<string>>();

  /** Takes in a command-line choice, deletion or appended group. */
  addOverride(override: Override): void {
    const { key, package: pkg, value, text } = override;
    const fullKey = pkg === null ? key : `${key}@${pkg}`;
    const origin = { kind: 'override', text } as const;
    if (override.type === 'force')
      refuse(`override '${text}': '++' does not work for a group; write '${key}=…'`);
    if (override.type === 'delete') {
      if (value !== undefined && value !== null && typeof value !== 'string') {
        refuse(`override '${text}': the option to delete must be a name`);
      }
      this.#deletions.set(fullKey, {
        option: value ?? null,
        text,
        used: false,
      });
      return;
    }
    const choice = optionOf(override);
    if (override.type === 'add') {
      this.appended.push({
        kind: 'group',
        group: key,
        package: pkg,
        choice,
        optional: false,
        override: false,
        appended: true,
        origin,
      });
      return;
    }
    this.#wanted.set(fullKey, { choice, origin, used: false });
  }

  /** What an environment variable asks for; the command line, added later, wins. */
  addEnvironment(group: string, choice: string, origin: Origin): void {
    this.#wanted.set(group, { choice, origin, used: false });
  }

  /** An `override group: option` line; the command line, and what was read before, go first. */
  addOverrideEntry(entry: GroupEntry, place: Place): void {
    const key = overrideKey(entry, place);
    if (!this.#wanted.has(key))
      this.#wanted.set(key, { choice: entry.choice, origin: entry.origin, used: false });
  }

  /** The option an entry gets in the end. */
  choose(entry: GroupEntry, place: Place): { choice: Choice; origin: Origin } {
    const wanted = this.#wanted.get(overrideKey(entry, place));
    if (wanted === undefined) return entry;
    wanted.used = true;
    return wanted;
  }

  /** Whether `~group` or `~group=option` takes the entry out. */
  isDeleted(key: string, option: Choice): boolean {
    const deletion = this.#deletions.get(key);
    if (deletion === undefined || (deletion.option !== null && deletion.option !== option)) return false;
    deletion.used = true;
    return true;
  }

  remember(key: string, group: string, option: string | null, origin: Origin): void {
    if (this.known.has(key) && this.known.get(key) !== option) {
      refuse(
        `${describeOrigin(origin)}: the group '${key}' already has the option '${pythonStr(this.known.get(key) as string | null)}'; to change it write 'override ${key}: ${option}'`,
      );
    }
    this.known.set(key, option);
    const keys = this.#keysOfGroup.get(group) ?? new Set();
    this.#keysOfGroup.set(group, keys.add(key));
  }

  /** Refuses overrides that met no group. */
  requireAllUsed(source: ConfigSource): void {
    for (const [key, wanted] of this.#wanted) {
      if (!wanted.used) refuse(`${describeOrigin(wanted.origin)}: ${this.#unmatched(key, source)}`);
    }
    for (const [key, deletion] of this.#deletions) {
      if (!deletion.used)
        refuse(`override '${deletion.text}': nothing to delete; ${suggestName(key, this.known.keys())}`);
    }
  }

  #unmatched(key: string, source: ConfigSource): string {
    const group = key.split('@')[0]!;
    const keys = [...(this.#keysOfGroup.get(group) ?? [])].sort();
    if (keys.length > 0) return `the group is known as ${keys.map((k) => `'${k}'`).join(' or ')} here`;
    const options = source.options(group);
    if (options.length === 0) {
      const groups = [...this.known.keys()].filter((k) => k.startsWith(`${group}/`));
      return `'${key}' holds groups, not options; ${suggestName(`${group}/`, groups)}`;
    }
    return `the group '${key}' is not in the defaults list; to add it write '+${key}=…'`;
  }
}

function optionOf({ key, value, text }: Override): string | string[] {
  if (value === '_self_') return refuse(`override '${text}': '_self_' is not an option`);
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) {
    return value.map((item) => {
      if (typeof item === 'string') return item;
      return refuse(`override '${text}': the options of a group must be names, not ${pythonStr(item)}`);
    });
  }
  if (value === null)
    return refuse(`override '${text}': a group takes a name; to leave it out write '~${key}'`);
  return refuse(
    `override '${text}': the option of a group must be a name; quote it: "${key}='${pythonStr(value ?? '')}'"`,
  );
}
