import { jsonlPartName, parquetName, parseStreamFile, type StreamName } from './layout.js';

/** Numbers of parts, both ends included. */
export type PartRange = [from: number, to: number];

export interface Parts {
  /** The file every stream has, when it is not there. */
  missingFirst: string | null;
  /** Numbers after 0 that should be there; of later parts than are there only a manifest knows. */
  missing: PartRange[];
  /** Second names of a part, with the first. */
  double: [name: string, first: string][];
}

/** What is wrong with the parts of one stream: part 0 must be there, and no number left out or used twice. */
export function findParts(names: readonly string[], stream: StreamName, format: string): Parts {
  // one file that was found, or files of a backend of somebody's own
  if (!hasParts(format)) return { missingFirst: null, missing: [], double: [] };
  const parts = new Map<number, string>();
  const double: Parts['double'] = [];
  for (const name of names) {
    const file = parseStreamFile(name);
    if (file?.stream !== stream || file.format !== format) continue;
    const first = parts.get(file.part);
    if (first === undefined) parts.set(file.part, name);
    else double.push([name, first]);
  }
  const firstName = format === 'jsonl' ? jsonlPartName(stream, 0) : parquetName(stream);
  return { missingFirst: parts.has(0) ? null : firstName, missing: gaps([...parts.keys()]), double };
}

export const hasParts = (format: string): format is 'jsonl' | 'parquet' =>
  format === 'jsonl' || format === 'parquet';

/** The gaps between part 0 and the last, found from what is there: a number may be as large as it likes. */
function gaps(numbers: number[]): PartRange[] {
  const ranges: PartRange[] = [];
  let last = 0;
  for (const number of numbers.sort((a, b) => a - b)) {
    if (number > last + 1) ranges.push([last + 1, number - 1]);
    last = number;
  }
  return ranges;
}
