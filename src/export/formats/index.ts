import type { FormatName } from '../format-names.js';
import type { ExportFormat } from './format.js';

const recorded = async (name: 'jsonl' | 'parquet' | 'hdf5' | 'sqlite'): Promise<ExportFormat> =>
  (await import('./recorded.js')).recordedFormats[name];

/** One line a format; loaded only when used. */
export const FORMATS: Readonly<Record<FormatName, () => Promise<ExportFormat>>> = {
  jsonl: () => recorded('jsonl'),
  parquet: () => recorded('parquet'),
  hdf5: () => recorded('hdf5'),
  sqlite: () => recorded('sqlite'),
  csv: async () => (await import('./csv.js')).csv,
  json: async () => (await import('./json.js')).json,
  minari: async () => (await import('./minari/index.js')).minari,
};
