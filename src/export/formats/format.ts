import type { StreamName } from '../../core/layout.js';
import type { Compression, Compressions } from '../compression.js';
import type { ExportSource } from '../source.js';

/** A file a format has made. */
export interface MadeFile {
  /** Name in the folder it was made in. */
  path: string;
  /** Whose records it holds where each stream has a file of its own; null otherwise. */
  stream: StreamName | null;
  bytes: number;
  sha256: string;
  /** Records in it; null where it holds none. */
  rows: number | null;
}

export interface ExportJob {
  readonly source: ExportSource;
  /** An empty folder for the files. */
  readonly folder: string;
  /** Last component of the target. */
  readonly name: string;
  readonly compression: Compression;
  /** How many actions the environment has; null when the run does not say. */
  readonly actionCount: number | null;
}

/** How a run is written for others; one file a format. */
export interface ExportFormat {
  readonly name: string;
  /** What the target is: a file for each stream, one file, or the folder with all that was made. */
  readonly target: 'streams' | 'file' | 'folder';
  readonly compressions: Compressions;
  /** The compression when none is asked for; by the target's name where that says it. */
  usualCompression(name: string): string;
  /** Columns of the steps it cannot do without. */
  readonly needs: readonly string[];
  /** Refuses a target or a run that it cannot write. @throws CaptureError */
  check?(job: Omit<ExportJob, 'folder'>): void;
  write(job: ExportJob): Promise<MadeFile[]>;
}
