import { recordingOf } from '../core/recording.js';
import type { StreamReader } from '../core/ports.js';
import type { RunMetadata } from '../core/records.js';
import { streamsOf, type RunStreams } from '../core/streams.js';
import type { Backend, ReadOptions } from './backend.js';
import { recordingBackend } from './index.js';

/** The records of a run, whatever backend wrote them. */
export interface OpenRecords {
  backend: Backend;
  streams: RunStreams;
  reader: StreamReader;
}

/**
 * @param names files of the run that may be opened
 * @param own a backend that the user named on the command line
 * @throws CaptureError `input` when run.json says of its records what this version does not know
 */
export async function openRecords(
  { path, run }: { path: string; run: RunMetadata },
  names: readonly string[],
  own?: Backend,
  options: ReadOptions = {},
): Promise<OpenRecords> {
  const backend = await recordingBackend(names, own);
  const streams = streamsOf(recordingOf(run));
  return { backend, streams, reader: backend.openReader(path, names, streams, options) };
}
