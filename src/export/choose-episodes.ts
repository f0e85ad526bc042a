import { CaptureError } from '../core/errors.js';

/** Episodes of a run by number, from 1. */
export interface EpisodeChoice {
  /** Sorted, without overlaps: `1,5,12-18`. */
  readonly text: string;
  readonly count: number;
  readonly largest: number;
  has(episode: number): boolean;
  /** The chosen numbers that are not in `found`, the first of them; null when all are. */
  firstMissing(found: ReadonlySet<number>): number | null;
}

type Range = readonly [from: number, to: number];

/**
 * Numbers and ranges: `1,5,12-18`.
 * @throws CaptureError `usage`
 */
export function parseEpisodes(text: string): EpisodeChoice {
  const ranges = merge(text.split(',').map((part) => parseRange(part.trim(), text)));
  const last = ranges.at(-1)!;
  return {
    text: ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(','),
    count: ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0),
    largest: last[1],
    has: (episode) => ranges.some(([from, to]) => episode >= from && episode <= to),
    firstMissing(found) {
      for (const [from, to] of ranges) {
        for (let episode = from; episode <= to; episode++) if (!found.has(episode)) return episode;
      }
      return null;
    },
  };
}

function parseRange(part: string, text: string): Range {
  const found = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(part);
  const from = Number(found?.[1]);
  const to = Number(found?.[2] ?? found?.[1]);
  if (found === null || from < 1) {
    throw new CaptureError('usage', `--episodes ${text}: '${part}' is no episode and no range of episodes`, {
      hint: 'numbers count from 1: 1,5,12-18',
    });
  }
  if (to < from) {
    throw new CaptureError('usage', `--episodes ${text}: the range ${part} ends before it begins`, {
      hint: `give ${to}-${from}`,
    });
  }
  return [from, to];
}

/** In order, ranges that touch as one. */
function merge(ranges: Range[]): Range[] {
  const merged: Range[] = [];
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1] + 1)
      merged[merged.length - 1] = [last[0], Math.max(last[1], to)];
    else merged.push([from, to]);
  }
  return merged;
}
