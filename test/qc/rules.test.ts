import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { qcSchema, hasRules } from '../../src/qc/config.js';
import { EpisodeJudge } from '../../src/qc/judge.js';
import { RULES } from '../../src/qc/rules/index.js';
import { recordOf, RULE_CASES, stepsOf, type EpisodeShape, type RuleCase } from './rule-cases.js';

const GRID = { gridWidth: 10, gridHeight: 8 };

/** What the rules say of episodes, one after another, whose steps are handed on in pieces that end at these rows. */
function judged(
  config: Record<string, unknown>,
  episodes: readonly EpisodeShape[],
  ends: (rows: number) => number[],
): unknown[] {
  const judge = new EpisodeJudge(qcSchema.parse(config), GRID);
  return episodes.map((episode) => {
    const steps = stepsOf(episode);
    let from = 0;
    for (const to of [...ends(steps.rows), steps.rows]) {
      judge.addSteps(steps, from, to);
      from = to;
    }
    return judge.endEpisode(recordOf(episode), 0);
  });
}

const expected = (rule: string, { reason }: RuleCase): unknown[] =>
  reason === null ? [] : [{ rule, reason }];

describe.each(Object.entries(RULE_CASES))('the rule %s', (rule, cases) => {
  it('is off unless it is asked for', () => {
    expect(hasRules(qcSchema.parse({}))).toBe(false);
    const { data } = RULES[rule as keyof typeof RULES].option.safeParse(undefined);
    expect(qcSchema.parse({})[rule as keyof typeof RULES]).toEqual(data);
  });

  it.each(cases)('$what', (each) => {
    const config = { [rule]: each.value };
    expect(hasRules(qcSchema.parse(config))).toBe(true);
    expect(judged(config, [each.episode], () => [])).toEqual([expected(rule, each)]);
  });

  it('has good and bad cases', () => {
    expect(new Set(cases.map(({ reason }) => reason === null))).toEqual(new Set([true, false]));
  });

  it('says the same however the steps are cut', () => {
    for (const each of cases) {
      const rows = each.episode.positions.length;
      fc.assert(
        fc.property(fc.array(fc.nat(rows)), (ends) => {
          const sorted = ends.sort((a, b) => a - b);
          expect(judged({ [rule]: each.value }, [each.episode], () => sorted)).toEqual([
            expected(rule, each),
          ]);
        }),
        { numRuns: 20 },
      );
    }
  });

  it('takes nothing along from the episode before', () => {
    for (const first of cases) {
      for (const second of cases.filter(({ value }) => value === first.value)) {
        const both = [first.episode, second.episode];
        const verdicts = [expected(rule, first), expected(rule, second)];
        expect(judged({ [rule]: first.value }, both, () => [])).toEqual(verdicts);
      }
    }
  });

  it('leaves the columns as they are', () => {
    for (const { value, episode } of cases) {
      const [steps, record] = [stepsOf(episode), recordOf(episode)];
      const before = structuredClone([steps.columns, record.columns]);
      const judge = new EpisodeJudge(qcSchema.parse({ [rule]: value }), GRID);
      judge.addSteps(steps, 0, steps.rows);
      judge.endEpisode(record, 0);
      expect([steps.columns, record.columns]).toEqual(before);
    }
  });
});

it('all rules that an episode fails are told, in their order', () => {
  const config = { max_stuck_steps: 0n, min_steps: 9n, thresholds: [{ column: 'total_reward', min: 1n }] };
  const [rules] = judged(
    config,
    [
      {
        positions: [
          [1, 1],
          [1, 1],
        ],
      },
    ],
    () => [],
  ) as [{ rule: string }[]];
  expect(rules.map(({ rule }) => rule)).toEqual(['min_steps', 'max_stuck_steps', 'thresholds']);
});

describe('qc.* refuses', () => {
  it.each<[what: string, config: object, message: string]>([
    ['no steps', { min_steps: 0n }, 'expected an integer >= 1'],
    ['half a step', { min_steps: 2.5 }, 'expected an integer >= 1'],
    ['no way', { min_displacement: 0n }, 'expected a number > 0'],
    ['less than no steps', { max_stuck_steps: -1n }, 'expected an integer >= 0'],
    ['a threshold without ends', { thresholds: [{ column: 'final_x' }] }, 'expected min, max or both'],
    [
      'ends that leave nothing',
      { thresholds: [{ column: 'final_x', min: 2n, max: 1n }] },
      'expected a number >= min, which is 2',
    ],
    [
      'more than all samples',
      { min_steps: 1n, on_reject: 'sample', rejected_sample_rate: 1.5 },
      'expected a number >= 0 and <= 1',
    ],
    ['samples of nothing', { on_reject: 'sample' }, 'expected mark, since no rule of qc is on'],
    [
      'a share of what is kept',
      { min_steps: 1n, rejected_sample_rate: 0.5 },
      'applies to qc.on_reject=sample only',
    ],
  ])('%s', (_, config, message) => {
    expect(qcSchema.safeParse(config).error?.issues.map((issue) => issue.message)).toEqual([message]);
  });

  it.each<[what: string, config: object]>([
    ['a column the clock decides', { thresholds: [{ column: 'duration_ms', min: 1n }] }],
    ['an unknown rule', { min_step: 1n }],
    ['an unknown action', { on_reject: 'drop' }],
  ])('%s', (_, config) => {
    expect(qcSchema.safeParse(config).success).toBe(false);
  });
});
