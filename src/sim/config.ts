import { z } from 'zod';
import { float, int } from '../core/config-types.js';
import { suggest } from '../core/nearest.js';
import { actionModels } from './actions/index.js';
import { fields } from './fields/index.js';
import { policies, type PolicyConfig } from './policies/index.js';
import { rewards } from './rewards/index.js';
import { sensors } from './sensors/index.js';
import { windSchema } from './wind/wind.js';

export { movieSchema, type MovieConfig } from './fields/movie.js';
export type { PolicyConfig } from './policies/index.js';

/** Message for a name no variant has. */
function unknownName(what: string, name: unknown, names: readonly string[]): string {
  const valid = `valid: ${names.join(', ')}`;
  if (name === undefined) return `no ${what} is given, ${valid}`;
  if (typeof name !== 'string') return `${what} must be a name, ${valid}`;
  return `unknown ${what} '${name}', ${suggest(name, names)}`;
}

/** One of the names of a registry. */
const oneOf = (what: string, names: readonly string[]) =>
  z.enum(names as [string, ...string[]], { error: ({ input }) => unknownName(what, input, names) });

const cell = () => z.tuple([int(), int()]).nullable().default(null);

/** The environment: `env` in a config. Lengths are in cells of the grid. */
export const envSchema = z.strictObject({
  grid_size: z
    .tuple([int({ min: 1 }), int({ min: 1 })])
    .nullable()
    .default(null)
    .describe('Grid size [width, height] in cells; null for 128x128, or the frame size of a movie.'),
  max_steps: int({ min: 1 }).default(1000).describe('Steps after which an episode is truncated.'),
  goal_radius: float({ min: 0 })
    .default(5)
    .describe('Distance to the source in cells at which an episode terminates; 0 means the source itself.'),
  source_location: cell().describe(
    'Cell [x, y] of the source; null for [64, 64], clamped into smaller grids.',
  ),
  start_location: cell().describe('Cell [x, y] where episodes start; null to draw it from the seed.'),
  action_type: oneOf('action_type', actionModels.names)
    .default('oriented')
    .describe('What an action does: moves along the axes, turns and moves, or runs and tumbles.'),
  observation_type: oneOf('observation_type', sensors.names)
    .default('concentration')
    .describe('What the agent senses: the concentration in its cell, two antennae, or the wind.'),
  reward_type: oneOf('reward_type', rewards.names)
    .default('step_penalty')
    .describe('Reward of a step: 1 within the goal radius, otherwise 0 (sparse) or -0.01 (step_penalty).'),
  step_size: int({ min: 1 }).default(1).describe('Cells a step moves.'),
  plume: oneOf('plume', fields.names)
    .default('static')
    .describe('Concentration field: a static Gaussian plume, or a movie.'),
  plume_sigma: float({ min: 0, exclusive: true })
    .default(20)
    .describe('Standard deviation of the static plume in cells.'),
  wind: windSchema.prefault({}).describe('Wind, as the wind_vector observation senses it.'),
});

export type EnvConfig = z.output<typeof envSchema>;

const policyOptions = policies.names.map((name) =>
  z.strictObject({
    name: z.literal(name).describe('Which policy acts.'),
    ...policies.get(name).parameters.shape,
  }),
);

/** The policy: `policy` in a config. */
export const policySchema = z.discriminatedUnion('name', policyOptions as [(typeof policyOptions)[number]], {
  error: ({ input }) =>
    unknownName('policy', (input as { name?: unknown } | undefined)?.name, policies.names),
}) as unknown as z.ZodType<PolicyConfig>;
