import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutation } from '../../fixtures/run-builder.js';
import type { Case } from './case.js';

const QC = 'qc.jsonl';
const lineOf = (episode: number, steps: string, seed = 99 + episode): string =>
  `{"episode_id":"ep-00000${episode}","seed":${seed},"rules":[{"rule":"min_steps","reason":"6 steps, fewer than 9"}],"steps":"${steps}"}\n`;

/** A run of three episodes, of which the second was rejected; its manifest counts `counted`. */
const rejected = (
  lines: string,
  counted: object = { checked: 3, rejected: 1, sampled: 0, dropped: 0, by_rule: { min_steps: 1 } },
  more: Mutation = {},
): Mutation => ({
  beforeManifest: (path) => writeFileSync(join(path, QC), lines),
  manifest: (manifest) => {
    const { manifest_digest: digest, ...rest } = manifest;
    for (const key of Object.keys(manifest)) delete manifest[key];
    Object.assign(manifest, rest, { qc: counted }, digest === undefined ? {} : { manifest_digest: digest });
  },
  ...more,
});

const dropped = { checked: 3, rejected: 1, sampled: 0, dropped: 1, by_rule: { min_steps: 1 } };
const none = { checked: 3, rejected: 0, sampled: 0, dropped: 0, by_rule: {} };

export const rejectionCases: Case[] = [
  {
    code: 'qc-line',
    what: 'no JSON',
    file: QC,
    change: rejected('rejected\n', none),
  },
  {
    code: 'qc-line',
    what: 'nested deeper than any line of ours',
    file: QC,
    change: rejected(`${'['.repeat(30_000)}${']'.repeat(30_000)}\n`, none),
  },
  {
    code: 'qc-line',
    what: 'a line without an end',
    file: QC,
    change: rejected('x'.repeat(300_000), none),
  },
  {
    code: 'qc-line',
    what: 'a line that is too long, and a good one behind it',
    file: QC,
    change: rejected(`${'x'.repeat(300_000)}\n${lineOf(2, 'kept')}`),
  },
  { code: 'qc-line', what: 'a seed of another episode', file: QC, change: rejected(lineOf(2, 'kept', 7)) },
  {
    code: 'qc-line',
    what: 'an episode twice',
    file: QC,
    change: rejected(lineOf(2, 'kept') + lineOf(2, 'kept')),
  },
  {
    code: 'qc-line',
    what: 'no reason at all',
    file: QC,
    change: rejected('{"episode_id":"ep-000002","seed":101,"rules":[],"steps":"kept"}\n', none),
  },
  {
    code: 'qc-counts',
    what: 'a line the manifest does not count',
    file: 'manifest.json',
    change: rejected(lineOf(2, 'kept'), none),
  },
  {
    code: 'qc-steps',
    what: 'steps of an episode that has none',
    file: 'steps.jsonl.gz',
    line: 7,
    change: rejected(lineOf(2, 'dropped'), dropped),
  },
  {
    code: 'episode-without-steps',
    what: 'steps that are missing of an episode that kept them',
    file: 'episodes.jsonl.gz',
    line: 2,
    change: rejected(lineOf(2, 'kept'), undefined, {
      model: ({ steps }) => void steps.splice(6, 6),
    }),
  },
  {
    code: 'qc-samples-gone',
    what: 'the samples that qc.jsonl speaks of',
    file: 'rejected_samples/steps.jsonl.gz',
    change: rejected(
      lineOf(2, 'sampled'),
      { ...dropped, sampled: 1, dropped: 0 },
      {
        model: ({ steps }) => void steps.splice(6, 6),
      },
    ),
  },
  {
    code: 'manifest-unlisted',
    what: 'what is said of episodes, in a run that was recorded without rules',
    file: QC,
    change: { directory: (path) => appendFileSync(join(path, QC), lineOf(2, 'kept')) },
  },
];

/** Runs that are as they should be. */
export const validRejections: [what: string, change: Mutation][] = [
  ['that marks an episode', rejected(lineOf(2, 'kept'))],
  [
    'that leaves out its steps',
    rejected(lineOf(2, 'dropped'), dropped, { model: ({ steps }) => void steps.splice(6, 6) }),
  ],
  ['that rejects none', rejected('', none)],
];
