import { describe, expect, it } from 'vitest';
import { EXIT, EXIT_OF_KIND } from '../../src/cli/exit-codes.js';

describe('exit codes', () => {
  it('are those of the design', () => {
    expect(EXIT).toEqual({
      done: 0,
      findings: 1,
      usage: 2,
      partial: 3,
      busy: 4,
      io: 5,
      bug: 70,
      hungUp: 129,
      interrupted: 130,
      terminated: 143,
    });
    expect(EXIT_OF_KIND).toEqual({ usage: 2, config: 2, input: 2, partial: 3, busy: 4, io: 5 });
  });
});
