import { CaptureError } from '../core/errors.js';

/** An episode as a whole; what is given must agree with its steps. */
export interface EpisodeData {
  total_steps?: number;
  total_reward?: number;
  /** Whether the source was reached. */
  success?: boolean;
  final_position?: readonly [number, number];
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

/** Refuses what is no field of an episode, and what its steps do not say. */
export function checkEpisode(number: number, data: EpisodeData, open: OpenEpisode): void {
  const steps = {
    total_steps: open.steps,
    total_reward: open.reward,
    success: open.terminated,
    final_position: [open.x, open.y],
  };
  for (const [name, value] of Object.entries(data)) {
    if (!(name in steps)) {
      throw new CaptureError('input', `episode ${number}: '${name}' is no field of an episode`, {
        hint: `valid: ${Object.keys(steps).join(', ')}; whatever follows from the steps can be computed from them`,
      });
    }
    const found = steps[name as keyof typeof steps];
    if (value === undefined || JSON.stringify(value) === JSON.stringify(found)) continue;
    throw new CaptureError(
      'input',
      `episode ${number}: ${name} is ${JSON.stringify(value)}, its steps say ${JSON.stringify(found)}`,
    );
  }
}
