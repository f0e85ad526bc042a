import type { StepBatch } from '../core/batch.js';
import { CaptureError } from '../core/errors.js';
import { EXTRA_COLUMN_NAMES, EXTRA_COLUMNS, STEPS, type ExtraColumn } from '../core/streams.js';
import type { Agent } from './agent.js';
import type { Field } from './fields/field.js';
import { slopeX, slopeY } from './fields/gradient.js';
import type { Wind } from './wind/wind.js';

/** What extra columns are read from. */
interface Surroundings {
  readonly agent: Agent;
  readonly field: Field;
  /** Null without wind. */
  readonly wind: Wind | null;
}

/** How things are after a step. */
interface Moment extends Surroundings {
  /** The agent's cell before the step. */
  fromX: number;
  fromY: number;
  /** Room for a wind. */
  readonly blowing: Float32Array;
}

/**
 * Writes row `row` of an extra column, which is one array or, for a vector, x and y. It looks and changes nothing:
 * a run's random draws and its other columns are the same with and without it.
 */
type Measure = (moment: Moment, column: readonly Float64Array[], row: number) => void;

const MEASURES: Readonly<Record<ExtraColumn, Measure>> = {
  orientation({ agent }, column, row) {
    column[0]![row] = agent.headingDeg;
  },
  velocity({ agent, fromX, fromY }, column, row) {
    column[0]![row] = agent.x - fromX;
    column[1]![row] = agent.y - fromY;
  },
  concentration({ agent, field }, column, row) {
    column[0]![row] = field.data[agent.y * field.width + agent.x]! + 0;
  },
  gradient({ agent, field }, column, row) {
    column[0]![row] = slopeX(field, agent.x, agent.y);
    column[1]![row] = slopeY(field, agent.x, agent.y);
  },
  wind({ agent, wind, blowing }, column, row) {
    if (wind === null) {
      throw new CaptureError('config', "record.columns 'wind' needs wind", {
        hint: 'set env.wind.enabled=true',
      });
    }
    wind.sample(agent.x, agent.y, blowing);
    // A batch never holds -0, which adding 0 turns into 0.
    column[0]![row] = blowing[0]! + 0;
    column[1]![row] = blowing[1]! + 0;
  },
  agent_id(_, column, row) {
    column[0]![row] = 0;
  },
};

/** Fills the extra columns of step batches. Contract: `bind`, then for each step `before` it and `write` after it. */
export class ExtraColumns {
  private readonly moment: Moment;
  private measures: Measure[] = [];
  private columns: Float64Array[][] = [];

  constructor(surroundings: Surroundings) {
    this.moment = { ...surroundings, fromX: 0, fromY: 0, blowing: new Float32Array(2) };
  }

  /** Takes the batch whose rows come next; null when its stream has no extra columns. */
  bind({ stream, columns }: StepBatch): ExtraColumns | null {
    if (stream === STEPS) return null;
    const arrays = columns as unknown as Readonly<Record<string, Float64Array>>;
    const names = EXTRA_COLUMN_NAMES.filter((name) => EXTRA_COLUMNS[name][0].name in arrays);
    this.measures = names.map((name) => MEASURES[name]);
    this.columns = names.map((name) => EXTRA_COLUMNS[name].map((column) => arrays[column.name]!));
    return names.length === 0 ? null : this;
  }

  before(): void {
    const { moment } = this;
    moment.fromX = moment.agent.x;
    moment.fromY = moment.agent.y;
  }

  write(row: number): void {
    const { moment, measures, columns } = this;
    for (let i = 0; i < measures.length; i++) measures[i]!(moment, columns[i]!, row);
  }
}
