import { numbers } from '../../core/batch.js';
import type { Check, RowCheck, RowContext, StepRows } from '../check.js';

/** Orientations are below 360 degrees; a velocity is the way from the step before, where that is recorded. */
class ExtraColumns implements RowCheck {
  /** The row before, of the same episode. */
  private lastStep = NaN;
  private lastX = NaN;
  private lastY = NaN;
  private readonly context: RowContext;

  constructor(context: RowContext) {
    this.context = context;
  }

  steps(rows: StepRows): void {
    this.checkOrientation(rows);
    this.checkVelocity(rows);
  }

  episode(): void {
    this.lastStep = NaN;
  }

  private checkOrientation({ batch, from, to, source, episode }: StepRows): void {
    const orientation = numbers(batch, 'orientation');
    if (orientation === null) return;
    for (let i = from; i < to; i++) {
      if (!(orientation[i]! >= 360)) continue;
      this.context.report('orientation', source, i, `${episode.id}: orientation is ${orientation[i]}`);
    }
  }

  private checkVelocity({ batch, from, to, source, episode }: StepRows): void {
    const vx = numbers(batch, 'velocity_x');
    const vy = numbers(batch, 'velocity_y');
    const step = numbers(batch, 'step');
    const x = numbers(batch, 'agent_x');
    const y = numbers(batch, 'agent_y');
    if (vx === null || vy === null || step === null || x === null || y === null) return;
    let { lastStep, lastX, lastY } = this;
    for (let i = from; i < to; i++) {
      const dx = x[i]! - lastX;
      const dy = y[i]! - lastY;
      if (step[i] === lastStep + 1 && (vx[i] !== dx || vy[i] !== dy)) {
        const message = `${episode.id}: velocity is (${vx[i]}, ${vy[i]}), but the agent moved (${dx}, ${dy})`;
        this.context.report('velocity', source, i, message);
      }
      lastStep = step[i]!;
      lastX = x[i]!;
      lastY = y[i]!;
    }
    this.lastStep = lastStep;
    this.lastX = lastX;
    this.lastY = lastY;
  }
}

export const extraColumns: Check = {
  name: 'extra-columns',
  create: (context) => (context.recording.columns.length === 0 ? {} : new ExtraColumns(context)),
};
