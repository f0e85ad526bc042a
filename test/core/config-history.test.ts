import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalHash, canonicalJson, type JsonMap, type JsonValue } from '../../src/core/canonical-json.js';
import {
  changeLines,
  ExperimentHistory,
  flattenConfig,
  parseConfigEvent,
} from '../../src/core/config-history.js';

/** What a capture of this configuration appends behind these lines. */
function captured(lines: readonly string[], config: JsonMap, experiment = 'demo'): string[] {
  const facts = {
    ts: '2026-01-01T00:00:00.000Z',
    run_id: `run-${lines.length}`,
    reason: null,
    config_hash: canonicalHash(config),
  };
  return changeLines(replayed(lines, experiment).config(), config, { ...facts, experiment });
}

function replayed(lines: readonly string[], experiment = 'demo'): ExperimentHistory {
  const history = new ExperimentHistory(experiment);
  for (const line of lines) history.add(line.trimEnd());
  return history;
}

const changesIn = (lines: readonly string[]) =>
  lines.map((line) => {
    const { key, old, new: now } = parseConfigEvent(line)!;
    return [key, old, now];
  });

/** What is not null, as the history sees it. */
const valuesOf = (config: ReadonlyMap<string, JsonValue>): [string, string][] =>
  [...config]
    .filter(([, value]) => value !== null)
    .map(([key, value]): [string, string] => [key, canonicalJson(value)])
    .sort(([a], [b]) => (a < b ? -1 : 1));

const leaf = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.bigInt({ min: -3n, max: 3n }),
  fc.constantFrom(0, 1, 2.5, 1e-7, 1e300),
  fc.constantFrom('', 'demo', '"demo"', 'a\nb', '\u2028', 'ü'),
  fc.array(fc.bigInt({ min: 0n, max: 2n }), { maxLength: 2 }),
);
const name = fc.constantFrom('a', 'b', 'a.b', '', '[0]', '"', 'run_id', 'experiment', 'event', '__proto__');
const { config: anyConfig } = fc.letrec<{ config: JsonMap; value: JsonValue }>((tie) => ({
  value: fc.oneof({ maxDepth: 2 }, leaf, tie('config')),
  config: fc.dictionary(name, tie('value'), { maxKeys: 4 }),
}));

describe('the keys of a configuration', () => {
  it('are dotted paths of its leaves; a list is one value, and an empty mapping; run_id is none', () => {
    const config = {
      seed: 1n,
      run_id: 'night',
      workers: null,
      env: { grid_size: [64n, 64n], wind: { speed: 1 } },
      vars: {},
    };
    expect([...flattenConfig(config)]).toEqual([
      ['seed', 1n],
      ['workers', null],
      ['env.grid_size', [64n, 64n]],
      ['env.wind.speed', 1],
      ['vars', {}],
    ]);
    expect(flattenConfig(new Map([['env', new Map([['a', 1n]])]]))).toEqual(new Map([['env.a', 1n]]));
  });

  it('are quoted where they have dots or brackets of their own', () => {
    expect([...flattenConfig({ 'a.b': 1n, a: { b: 2n, '': 3n }, '[0]': 4n }).keys()]).toEqual([
      '["a.b"]',
      'a.b',
      'a[""]',
      '["[0]"]',
    ]);
  });

  it('tell any two configurations apart that differ in more than run_id', () => {
    fc.assert(
      fc.property(anyConfig, anyConfig, (one, other) => {
        const { run_id: _one, ...a } = one;
        const { run_id: _other, ...b } = other;
        const text = (config: JsonMap): string => JSON.stringify(valuesWithNull(config));
        expect(text(one) === text(other)).toBe(canonicalJson(a) === canonicalJson(b));
      }),
    );
  });
});

const valuesWithNull = (config: JsonMap): [string, string][] =>
  [...flattenConfig(config)]
    .map(([key, value]): [string, string] => [key, canonicalJson(value)])
    .sort(([a], [b]) => (a < b ? -1 : 1));

describe('what a capture appends', () => {
  it('is every key at the first one, those that are null too', () => {
    expect(changesIn(captured([], { seed: 1n, workers: null }))).toEqual([
      ['seed', null, 1n],
      ['workers', null, null],
    ]);
  });

  it('is what differs then: changed, new, and gone', () => {
    const first = captured([], { seed: 1n, fps: 1, policy: { name: 'random', eps: 0.5 } });
    const second = captured(first, { seed: 1n, fps: 1, policy: { name: 'cast', persistence: 2n } });
    expect(changesIn(second)).toEqual([
      ['policy.name', 'random', 'cast'],
      ['policy.eps', 0.5, null],
      ['policy.persistence', null, 2n],
    ]);
  });

  it('knows 5 from 5.0', () => {
    const first = captured([], { radius: 5n });
    const second = captured(first, { radius: 5 });
    expect(changesIn(second)).toEqual([['radius', 5n, 5]]);
    expect(second[0]).toContain('"old":5,"new":5.0,');
    expect(captured([...first, ...second], { radius: 5 })).toEqual([]);
  });

  it('has everything that was said of it on each line', () => {
    const hash = 'a'.repeat(64);
    const facts = { ts: '2026-01-01T00:00:00.000Z', experiment: 'demo', run_id: 'r', config_hash: hash };
    expect(changeLines(new Map(), { a: 1n, b: 'x' }, { ...facts, reason: 'why "not"' })).toEqual([
      `{"ts":"2026-01-01T00:00:00.000Z","event":"config_change","experiment":"demo","run_id":"r","key":"a","old":null,"new":1,"reason":"why \\"not\\"","config_hash":"${hash}","changes":2}\n`,
      `{"ts":"2026-01-01T00:00:00.000Z","event":"config_change","experiment":"demo","run_id":"r","key":"b","old":null,"new":"x","reason":"why \\"not\\"","config_hash":"${hash}","changes":2}\n`,
    ]);
  });

  it('leads from any configuration to the next, links up, and is nothing where nothing differs', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('demo', 'other'), anyConfig), { maxLength: 6 }),
        (captures) => {
          const lines: string[] = [];
          for (const [experiment, config] of captures) {
            const before = valuesOf(replayed(lines, experiment).config());
            const appended = captured(lines, config, experiment);
            const after = valuesOf(flattenConfig(config));
            if (before.length > 0) {
              expect(appended.length > 0).toBe(JSON.stringify(before) !== JSON.stringify(after));
              for (const [key, old, now] of changesIn(appended)) {
                expect(canonicalJson(old as JsonValue)).not.toBe(canonicalJson(now as JsonValue));
                expect(canonicalJson(old as JsonValue)).toBe(new Map(before).get(key as string) ?? 'null');
              }
            }
            lines.push(...appended);
            expect(valuesOf(replayed(lines, experiment).config())).toEqual(after);
            if (after.length > 0) expect(captured(lines, config, experiment)).toEqual([]);
          }
          for (const line of lines) expect(parseConfigEvent(line)).toMatchObject({ event: 'config_change' });
        },
      ),
    );
  });

  it('completes what was cut off anywhere, once', () => {
    const configs: JsonMap[] = [
      { seed: 1n, policy: { name: 'random' } },
      { seed: 2n, policy: { name: 'cast', persistence: 1n }, more: [1, 2n] },
    ];
    const whole: string[] = [];
    for (const config of configs) whole.push(...captured(whole, config));
    const hash = canonicalHash(configs[1]!);
    for (let kept = 0; kept < whole.length; kept++) {
      const lines = whole.slice(0, kept);
      expect(replayed(lines).endsWith(hash)).toBe(false);
      lines.push(...captured(lines, configs[1]!));
      expect(valuesOf(replayed(lines).config())).toEqual(valuesOf(flattenConfig(configs[1]!)));
      expect(replayed(lines).endsWith(hash)).toBe(true);
    }
    expect(replayed(whole).endsWith(hash)).toBe(true);
    expect(replayed(whole).endsWith(canonicalHash(configs[0]!))).toBe(false);
  });
});

describe('a line that is none of ours', () => {
  const line = captured([], { seed: 1n })[0]!.trimEnd();

  it.each([
    '',
    '{',
    'nonsense',
    '[]',
    '{}',
    '{"event":5}',
    line.slice(0, -1),
    line.replace('"key"', '"kee"'),
    line.replace('"old":null', '"old":{"a":[1e400]}'),
  ])('is damaged: %j', (text) => {
    expect(parseConfigEvent(text)).toBeNull();
  });

  it.each([line.slice(0, -1), line.slice(1), line.replace('"key"', '"kee"'), 'x'])(
    'is passed over by a capture, which says so: %j',
    (text) => {
      const history = new ExperimentHistory('demo');
      expect([history.add(text), history.config().size]).toEqual([false, 0]);
    },
  );

  it('counts as no value when it is damaged inside', () => {
    const history = new ExperimentHistory('demo');
    history.add(line.replace('"old"', '"old'));
    expect([history.config().size, history.endsWith(canonicalHash({ seed: 1n }))]).toEqual([0, false]);
  });

  it('counts where another program has spaced it', () => {
    const spaced = captured([], { seed: 1n, 'a.b': 2n }).map((text) => text.replaceAll(/([,:])"/g, '$1 "'));
    expect(spaced[0]).toContain('{"ts": "2026');
    expect(replayed(spaced).config()).toEqual(
      new Map([
        ['seed', 1n],
        ['["a.b"]', 2n],
      ]),
    );
    expect(replayed(spaced).endsWith(canonicalHash({ seed: 1n, 'a.b': 2n }))).toBe(true);
  });

  it('is passed over when it is an event of another kind or experiment', () => {
    const other = line.replace('config_change', 'something_new');
    expect(parseConfigEvent(other)).toBeUndefined();
    const history = new ExperimentHistory('demo');
    expect([history.add(other), history.add(line.replace('"demo"', '"other"'))]).toEqual([true, true]);
    expect(history.config().size).toBe(0);
  });
});
