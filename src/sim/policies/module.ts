import { z } from 'zod';
import { freeMap } from '../../core/config-types.js';
import { CaptureError } from '../../core/errors.js';
import { thrownAt, thrownText } from '../../core/thrown-at.js';
import { Generator } from '../rng/generator.js';
import { definePolicy, type Policy, type PolicyInputs } from './policy.js';

/** What a policy of one's own is made from. */
export interface OwnPolicyInputs {
  /** Actions are the integers 0 to `actionCount` - 1. */
  readonly actionCount: number;
  /** Values in an observation. */
  readonly observationWidth: number;
  /** `policy.parameters` as configured: plain numbers, texts, lists and objects. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /**
   * Draws equal to numpy's. It starts over with the episode's seed before every `reset`, so an episode that draws
   * from nothing else can be made again.
   */
  readonly rng: Generator;
}

/** The port; without `maxSteps` the policy can act in episodes of any length. It is read after each `reset`. */
export interface OwnPolicy extends Pick<Policy, 'reset' | 'choose'> {
  readonly maxSteps?: number;
}

/** The default export of a module that `policy.module` names. */
export type PolicyFactory = (inputs: OwnPolicyInputs) => OwnPolicy;

const parameters = z.strictObject({
  module: z
    .string()
    .min(1)
    .describe('JavaScript module that makes the policy: a path (./mine.js) or the name of a package.'),
  parameters: freeMap().nullable().default(null).describe('Free: handed to the module as they stand.'),
});

/** A user's policy, which may do anything: what it does wrong is said with the episode and the step. */
class CheckedPolicy implements Policy {
  maxSteps = Infinity;
  private readonly file: string;
  private readonly actionCount: number;
  private readonly policy: OwnPolicy;
  private readonly rng: Generator;
  private episode = 0;
  private step = 0;

  constructor(file: string, policy: OwnPolicy, actionCount: number, rng: Generator) {
    this.file = file;
    this.policy = policy;
    this.actionCount = actionCount;
    this.rng = rng;
  }

  reset(seed: number, episodeIndex: number): void {
    this.episode = episodeIndex + 1;
    this.step = 0;
    this.rng.seed(seed);
    let maxSteps: unknown;
    try {
      this.policy.reset(seed, episodeIndex);
      maxSteps = this.policy.maxSteps ?? Infinity;
    } catch (error) {
      throw this.failure(`failed in reset of episode ${this.episode}`, error);
    }
    if (typeof maxSteps !== 'number' || !(maxSteps >= 1)) {
      throw faulty(this.file, `has maxSteps ${shown(maxSteps)} in episode ${this.episode}`, {
        hint: 'maxSteps is a number of steps, 1 or more; leave it out for any',
      });
    }
    this.maxSteps = maxSteps;
  }

  choose(observation: Float32Array): number {
    this.step++;
    let action: unknown;
    try {
      action = this.policy.choose(observation);
    } catch (error) {
      throw this.failure(`failed at ${this.place}`, error);
    }
    // Adding 0 turns -0 into 0.
    if (isInteger(action) && action >= 0 && action < this.actionCount) return action + 0;
    throw faulty(this.file, `chose ${shown(action)} at ${this.place}`, {
      hint: `env.action_type has the actions 0 to ${this.actionCount - 1}`,
    });
  }

  private get place(): string {
    return `step ${this.step} of episode ${this.episode}`;
  }

  private failure(what: string, error: unknown): CaptureError {
    return faulty(this.file, `${what}: ${thrownText(error)}${thrownAt(error, this.file)}`, { cause: error });
  }
}

const isInteger = Number.isInteger as (value: unknown) => value is number;

const faulty = (file: string, what: string, options: { hint?: string; cause?: unknown }): CaptureError =>
  new CaptureError('input', `policy.module '${file}' ${what}`, options);

function shown(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return `'${value.slice(0, 40)}'`;
  if (value === undefined || value === null) return String(value);
  return value instanceof Promise ? 'a promise' : `a value of type ${typeof value}`;
}

/** Calls the factory, and checks what it made before the first episode. */
function create(
  { module: file, parameters: own }: z.output<typeof parameters>,
  { actionCount, observationWidth, factory }: PolicyInputs,
): Policy {
  if (factory === null) throw new Error(`the factory of '${file}' was not handed to the simulation`);
  const rng = new Generator(0);
  let made: unknown;
  try {
    made = factory({ actionCount, observationWidth, parameters: own ?? {}, rng });
  } catch (error) {
    throw faulty(file, `makes no policy: ${thrownText(error)}${thrownAt(error, file)}`, { cause: error });
  }
  if (made instanceof Promise) {
    made.catch(() => {});
    throw faulty(file, 'makes a promise, not a policy', {
      hint: 'await at the top of the module, outside the function',
    });
  }
  const policy = made as Partial<OwnPolicy> | null | undefined;
  for (const method of ['reset', 'choose'] as const) {
    if (typeof policy?.[method] === 'function') continue;
    throw faulty(file, `makes a policy without ${method}()`, {
      hint: 'its default export gives an object with reset(seed, episodeIndex) and choose(observation)',
    });
  }
  return new CheckedPolicy(file, policy as OwnPolicy, actionCount, rng);
}

/** A policy of the user's own, from a JavaScript module. */
export const module = definePolicy({ parameters, followsOdour: false, create });
