import { CaptureError } from '../core/errors.js';
import { isMapping, shown } from './shown.js';

/** An episode as a whole; what is given must agree with its steps. */
export interface EpisodeData {
  total_steps?: number;
  total_reward?: number;
  /** Whether the source was reached. */
  success?: boolean;
  final_position?: ArrayLike<number>;
}

/** What the steps of the episode at hand have come to. */
export interface OpenEpisode {
  steps: number;
  reward: number;
  x: number;
  y: number;
  distance: number;
  terminated: boolean;
  truncated: boolean;
  begunMs: number;
}

const bad = (episode: number, message: string, hint?: string): CaptureError =>
  new CaptureError('input', `episode ${episode}: ${message}`, { hint });

/** Refuses what is no field of an episode, and what its steps do not say. */
export function checkEpisode(number: number, data: EpisodeData, open: OpenEpisode): void {
  if (!isMapping(data)) throw bad(number, `it is ${shown(data)}, expected its fields`);
  const steps = {
    total_steps: open.steps,
    total_reward: open.reward,
    success: open.terminated,
    final_position: [open.x, open.y],
  };
  for (const [name, value] of Object.entries(data)) {
    if (!Object.hasOwn(steps, name)) {
      throw bad(
        number,
        `'${name}' is no field of an episode`,
        `valid: ${Object.keys(steps).join(', ')}; whatever follows from the steps can be computed from them`,
      );
    }
    const found = steps[name as keyof typeof steps];
    if (value === undefined || isSame(value, found)) continue;
    throw bad(number, `${name} is ${shown(value)}, its steps say ${shown(found)}`);
  }
}

function isSame(value: unknown, found: number | boolean | readonly number[]): boolean {
  if (typeof found !== 'object') return value === found;
  const list: unknown[] = Array.from(Object(value) as ArrayLike<unknown>);
  return list.length === found.length && list.every((each, i) => each === found[i]);
}
