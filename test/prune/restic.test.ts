import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finished, planFor } from './runs.js';

/** What restic itself keeps, which counts calendars as we say we do. */
const golden = JSON.parse(readFileSync(new URL('../golden/restic-forget.json', import.meta.url), 'utf8')) as {
  zone: string;
  times: string[];
  cases: { policy: Record<string, string>; keep: string[] }[];
};

describe('rules by the calendar keep what restic keeps', () => {
  const zone = process.env['TZ'];
  beforeAll(() => {
    process.env['TZ'] = golden.zone;
  });
  afterAll(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  const runs = golden.times.map((time) => finished('a', time.replaceAll(/[^0-9]/g, '-'), time));
  const timeOf = new Map(runs.map((run, i) => [run, golden.times[i]!]));

  it.each(golden.cases.map(({ policy, keep }) => [JSON.stringify(policy), policy, keep] as const))(
    '%s',
    (_name, policy, keep) => {
      const settings = Object.fromEntries(
        Object.entries(policy).map(([name, value]) => [name.replaceAll('-', '_'), value]),
      );
      const { decisions } = planFor(settings, { runs });
      const kept = decisions.filter(({ action }) => action === 'keep');
      expect(kept.map(({ run }) => timeOf.get(run as never)!).sort()).toEqual(keep);
      expect(decisions).toHaveLength(golden.times.length);
    },
  );
});
