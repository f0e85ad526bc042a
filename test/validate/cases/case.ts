import type { FindingCodeName } from '../../../src/core/findings.js';
import { bgzfBlock, END_BLOCK } from '../../fixtures/bgzf.js';
import type { Mutation } from '../../fixtures/run-builder.js';
import type { Episode, RunModel, Step } from '../../fixtures/run-model.js';

/** One change of a valid run, and the one finding it must lead to. */
export interface Case {
  code: FindingCodeName;
  what: string;
  file: string | null;
  line?: number;
  change: Mutation;
  /** Where the run lies when the change has moved it. */
  at?: (path: string) => string;
}

export const STEPS = 'steps.jsonl.gz';
export const EPISODES = 'episodes.jsonl.gz';

/** Steps of the three episodes lie in lines 1 to 6, 7 to 12 and 13 to 17. */
export const step = (line: number, change: (step: Step) => void): Mutation => ({
  model: ({ steps }) => change(steps[line - 1]!),
});

export const episode = (line: number, change: (episode: Episode) => void): Mutation => ({
  model: ({ episodes }) => change(episodes[line - 1]!),
});

export const run = (change: (run: RunModel['run']) => void): Mutation => ({
  model: (model) => change(model.run),
});

/** Gives every record and run.json another schema_version. */
export const version = (schemaVersion: string): Mutation => ({
  model({ run: metadata, steps, episodes }) {
    metadata['schema_version'] = schemaVersion;
    for (const row of [...steps, ...episodes]) row.schema_version = schemaVersion;
  },
});

export const stepLine = (line: number, from: string | RegExp, to: string): Mutation => ({
  lines: ({ steps }) => (steps[line - 1] = steps[line - 1]!.replace(from, to)),
});

export const stepsFile = (change: (data: Buffer) => Buffer): Mutation => ({
  files: (files) => files.set(STEPS, change(files.get(STEPS)!)),
});

/** A finished BGZF file of one block with this very data. */
export const oneBlock = (data: Buffer): Buffer => Buffer.concat([bgzfBlock(data), END_BLOCK]);
