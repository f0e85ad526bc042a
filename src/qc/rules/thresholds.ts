import { z } from 'zod';
import { numbers } from '../../core/batch.js';
import { float } from '../../core/config-types.js';
import { defineRule } from './rule.js';

/** Columns of an episode's record that a simulation decides, not a clock. */
const COLUMNS = ['total_steps', 'total_reward', 'final_distance_to_goal', 'final_x', 'final_y'] as const;

const threshold = z
  .strictObject({
    column: z.enum(COLUMNS),
    min: float().nullable().default(null),
    max: float().nullable().default(null),
  })
  .superRefine(({ min, max }, context) => {
    const refuse = (path: string[], message: string): void =>
      context.addIssue({ code: 'custom', path, message, input: max });
    if (min === null && max === null) refuse([], 'expected min, max or both');
    if (min !== null && max !== null && min > max)
      refuse(['max'], `expected a number >= min, which is ${min}`);
  });

/** Custom thresholds. */
export const thresholds = defineRule({
  option: z
    .array(threshold)
    .max(100)
    .default([])
    .describe(
      `Of an episode's record: {column, min, max}, both ends allowed, either may be null; column is one of ${COLUMNS.join(', ')}.`,
    ),
  create: (limits) =>
    limits.length === 0
      ? null
      : {
          end(batch, row) {
            const reasons: string[] = [];
            for (const { column, min, max } of limits) {
              const value = numbers(batch, column)![row]!;
              if (min !== null && value < min) reasons.push(`${column} is ${value}, less than ${min}`);
              if (max !== null && value > max) reasons.push(`${column} is ${value}, more than ${max}`);
            }
            return reasons.length === 0 ? null : reasons.join('; ');
          },
        },
});
