import type { JsonMap } from '../core/canonical-json.js';
import type { FindingCodeName } from '../core/findings.js';
import type { StreamName } from '../core/layout.js';
import type { Manifest } from '../core/records.js';
import type { RunDirectory } from '../io/run-directory.js';
import type { RecordsRead } from './records.js';

/** manifest.json of ours: as typed JSON for its digests, and as data once it is as its schema says. */
export interface LoadedManifest {
  json: JsonMap;
  data: Manifest | null;
}

/** What the checks of files know before the records are read. */
export interface RunContext {
  directory: RunDirectory;
  /** Written by plume_nav_sim under schema 0.1. */
  foreign: boolean;
  manifest: LoadedManifest | null;
  /** Being recorded, or killed: it has no manifest, and its end may be missing. */
  unfinished: boolean;
  /** Which format the records are read from. */
  format: string;
  /** Not finished, and nothing stands in its record files, if there are any. */
  blank: boolean;
  readonly report: (code: FindingCodeName, file: string | null, message: string) => void;
}

/** And after. */
export interface ReadRunContext extends RunContext {
  records: RecordsRead;
  counts: Readonly<Record<StreamName, number>>;
}

/** A check of a run's files; `before` the records are read, or `after`. */
export interface FileCheck {
  readonly name: string;
  before?(context: RunContext): void | Promise<void>;
  after?(context: ReadRunContext): void | Promise<void>;
}
