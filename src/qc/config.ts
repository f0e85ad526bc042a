import { z } from 'zod';
import { float } from '../core/config-types.js';
import { RULES } from './rules/index.js';

type Rules = typeof RULES;

/** A key for each rule. */
const options = Object.fromEntries(Object.entries(RULES).map(([name, { option }]) => [name, option])) as {
  [Name in keyof Rules]: Rules[Name]['option'];
};

/** What holds unless something is said. */
const SAMPLE_RATE = 0.1;

/** Config fragment `qc.*`: which episodes are rejected, and what becomes of their steps. */
export const qcSchema = z
  .strictObject({
    ...options,
    on_reject: z
      .enum(['mark', 'sample'])
      .default('mark')
      .describe(
        'What becomes of the steps of rejected episodes: they stay (mark), or are left out but for a share (sample). The episodes stay in any case, and qc.jsonl says why.',
      ),
    rejected_sample_rate: float({ min: 0, max: 1 })
      .default(SAMPLE_RATE)
      .describe(
        'Under on_reject: sample the share of rejected episodes whose steps are kept under rejected_samples/.',
      ),
  })
  .superRefine((qc, context) => {
    const refuse = (key: keyof typeof qc, message: string): void =>
      context.addIssue({ code: 'custom', path: [key], message, input: qc[key] });
    if (qc.on_reject === 'sample' && !hasRules(qc)) {
      refuse('on_reject', 'expected mark, since no rule of qc is on');
    }
    if (qc.on_reject === 'mark' && qc.rejected_sample_rate !== SAMPLE_RATE) {
      refuse('rejected_sample_rate', 'applies to qc.on_reject=sample only');
    }
  });

export type QcConfig = z.output<typeof qcSchema>;

const ANYWHERE = { gridWidth: 1, gridHeight: 1 };

/** Whether any rule is on. */
export const hasRules = (qc: QcConfig): boolean =>
  Object.entries(RULES).some(
    ([name, { create }]) => create(qc[name as keyof Rules] as never, ANYWHERE) !== null,
  );
