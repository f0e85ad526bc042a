import { jsonlPartName, parquetName, parseStreamFile, type StreamName } from '../core/layout.js';

export interface Parts {
  /** Names of parts that should be there; of later parts than are there nobody knows. */
  missing: string[];
  /** Second names of a part, with the first. */
  double: [name: string, first: string][];
}

/** What is wrong with the parts of one stream: part 0 must be there, and no number left out or used twice. */
export function findParts(names: readonly string[], stream: StreamName, format: 'jsonl' | 'parquet'): Parts {
  const parts = new Map<number, string>();
  const result: Parts = { missing: [], double: [] };
  for (const name of names) {
    const file = parseStreamFile(name);
    if (file?.stream !== stream || file.format !== format) continue;
    const first = parts.get(file.part);
    if (first === undefined) parts.set(file.part, name);
    else result.double.push([name, first]);
  }
  const last = Math.max(0, ...parts.keys());
  for (let part = 0; part <= last; part++) {
    if (parts.has(part)) continue;
    result.missing.push(format === 'jsonl' ? jsonlPartName(stream, part) : parquetName(stream));
  }
  return result;
}
