/** What `export --format` takes; without anything loaded, since the command line declares them. */
export const FORMAT_NAMES = ['jsonl', 'parquet', 'hdf5', 'sqlite', 'csv', 'json', 'minari'] as const;
export type FormatName = (typeof FORMAT_NAMES)[number];

/** What an ending says of the format, the longer one first. */
const ENDINGS: readonly (readonly [ending: string, format: FormatName])[] = [
  ['.jsonl.gz', 'jsonl'],
  ['.csv.gz', 'csv'],
  ['.json.gz', 'json'],
  ['.parquet', 'parquet'],
  ['.hdf5', 'hdf5'],
  ['.h5', 'hdf5'],
  ['.sqlite', 'sqlite'],
  ['.db', 'sqlite'],
  ['.csv', 'csv'],
  ['.json', 'json'],
];

export const KNOWN_ENDINGS = ENDINGS.map(([ending]) => ending);

/** The format a file name asks for; null when its ending says nothing. */
export function formatOfName(name: string): FormatName | null {
  const lower = name.toLowerCase();
  return ENDINGS.find(([ending]) => lower.endsWith(ending))?.[1] ?? null;
}

/** Name of the second file of a format with one a stream: `data.csv.gz` and `data.episodes.csv.gz`. */
export function episodesFileName(name: string): string {
  const ending = /\.(?:[^.]+\.gz|[^.]+)$/i.exec(name.slice(1))?.[0] ?? '';
  return `${name.slice(0, name.length - ending.length)}.episodes${ending}`;
}
