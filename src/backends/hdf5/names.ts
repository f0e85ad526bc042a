import { parseEpisodeId } from '../../core/ids.js';

/** A lone `%` cannot come of an escape. */
const EMPTY = '%';

/**
 * A text as the name of a link: what HDF5 or a reader could stumble over (`/`, control characters, a name of dots
 * alone) is written as `%XX`, so are `%` and `~`. Ordinary ids stay as they are.
 */
export function linkName(text: string): string {
  if (text === '') return EMPTY;
  const dots = /^\.+$/.test(text);
  return text.replaceAll(dots ? /\./g : /[%~/\x00-\x1f\x7f]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');
    return `%${code}`;
  });
}

/** The text a link name stands for. */
export function textOfLink(name: string): string {
  const base = name.replace(/~\d+$/, '');
  if (base === EMPTY) return '';
  return base.replaceAll(/%([0-9A-F]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** Gives each text its own name in a group: the first keeps its name, the same again gets `~2`, `~3`, … behind it. */
export class LinkNames {
  /** Episodes are thousands and count up: the last number says enough. */
  private highest = 0;
  private readonly others = new Set<string>();
  private repeats = 1;

  next(text: string): string {
    const number = parseEpisodeId(text);
    if (number === null ? !this.others.has(text) : number > this.highest) {
      if (number === null) this.others.add(text);
      else this.highest = number;
      return linkName(text);
    }
    return `${linkName(text)}~${++this.repeats}`;
  }
}
