import { CaptureError } from '../core/errors.js';
import { shown } from './shown.js';

/** [x, y]; a typed array will do. */
type Pair = ArrayLike<number>;

/** One step of an episode, after it was taken. Lengths in cells, angles in degrees. */
export interface StepData {
  /** The agent's cell. */
  position: Pair;
  action: number;
  reward: number;
  /** The agent reached the source; without it and `truncated`, `done` decides by the goal radius. */
  terminated?: boolean;
  /** The episode ended for another reason, the step limit say. */
  truncated?: boolean;
  /** Whether the episode is over. */
  done?: boolean;
  /** What the agent sensed; as long in every step. Without it, [concentration]. */
  observation?: ArrayLike<number>;
  /** Distance to the source; without it, that of the position. */
  distance_to_goal?: number;
  /** Seconds since the epoch; without it, now. */
  timestamp?: number;
  /** Extra columns, those that `record.columns` names: all of them in every step. */
  orientation?: number;
  velocity?: Pair;
  concentration?: number;
  gradient?: Pair;
  wind?: Pair;
  agent_id?: number;
}

/** Fields of every recording; the extra columns stand beside them. */
export const BASE_FIELDS = [
  ...['position', 'action', 'reward', 'terminated', 'truncated', 'done', 'observation', 'distance_to_goal'],
  'timestamp',
];

export const badStep = (step: number, message: string, hint?: string): CaptureError =>
  new CaptureError('input', `step ${step}: ${message}`, { hint });

const wrong = (step: number, name: string, value: unknown, expected: string): CaptureError =>
  badStep(step, `${name} is ${shown(value)}, expected ${expected}`);

/** A finite number, never -0. */
export function numberOf(step: number, name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value + 0;
  throw wrong(step, name, value, 'a finite number');
}

export function integerOf(step: number, name: string, value: unknown): number {
  if (Number.isSafeInteger(value)) return (value as number) + 0;
  throw wrong(step, name, value, 'an integer');
}

/** @param below what it must be smaller than */
export function atLeastZero(step: number, name: string, value: unknown, below = Infinity): number {
  if (typeof value === 'number' && value >= 0 && value < below) return value + 0;
  throw wrong(
    step,
    name,
    value,
    below === Infinity ? 'a finite number >= 0' : `a number >= 0 and < ${below}`,
  );
}

export function flagOf(step: number, name: string, value: unknown): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  throw wrong(step, name, value, 'true or false');
}

/** An array or a typed array; its values are looked at elsewhere. */
export function listOf(step: number, name: string, value: unknown, expected: string): ArrayLike<unknown> {
  if (Array.isArray(value)) return value as unknown[];
  if (ArrayBuffer.isView(value) && 'length' in value) return value as unknown as ArrayLike<unknown>;
  throw wrong(step, name, value, expected);
}

export function pairOf(step: number, name: string, value: unknown): ArrayLike<unknown> {
  const pair = listOf(step, name, value, '[x, y]');
  if (pair.length === 2) return pair;
  throw wrong(step, name, value, '[x, y]');
}
