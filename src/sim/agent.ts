import { roundHalfEven } from './round.js';

const DEGREE = Math.PI / 180;

/**
 * The agent on a grid of `width` x `height` cells: cell (x, y), x right, y up, and a heading in degrees, 0 along
 * +x and 90 along +y.
 */
export class Agent {
  readonly width: number;
  readonly height: number;
  x = 0;
  y = 0;
  headingDeg = 0;
  /** Unit vector of the heading. */
  headingX = 1;
  headingY = 0;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
  }

  /** Puts the agent on a cell, heading along +x. */
  place(x: number, y: number): void {
    this.x = x;
    this.y = y;
    this.turnTo(0);
  }

  turnTo(headingDeg: number): void {
    const angle = headingDeg * DEGREE;
    this.headingDeg = headingDeg;
    this.headingX = Math.cos(angle);
    this.headingY = Math.sin(angle);
  }

  /** Moves by (dx, dy) cells: rounded half to even, then clamped to the grid. */
  move(dx: number, dy: number): void {
    const x = roundHalfEven(this.x + dx);
    const y = roundHalfEven(this.y + dy);
    this.x = x < 0 ? 0 : x >= this.width ? this.width - 1 : x;
    this.y = y < 0 ? 0 : y >= this.height ? this.height - 1 : y;
  }

  /** Moves `cells` along the heading. */
  forward(cells: number): void {
    this.move(cells * this.headingX, cells * this.headingY);
  }
}
