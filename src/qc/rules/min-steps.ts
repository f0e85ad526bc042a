import { numbers } from '../../core/batch.js';
import { int } from '../../core/config-types.js';
import { defineRule } from './rule.js';

/** Too short. */
export const minSteps = defineRule({
  option: int({ min: 1 })
    .nullable()
    .default(null)
    .describe('An episode of fewer steps is rejected; null for no such rule.'),
  create: (least) =>
    least === null
      ? null
      : {
          end(batch, row) {
            const steps = numbers(batch, 'total_steps')![row]!;
            return steps < least ? `${steps} steps, fewer than ${least}` : null;
          },
        },
});
