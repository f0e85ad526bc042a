import { describe, expect, it } from 'vitest';
import { prometheusText } from '../../src/cli/prometheus-text.js';
import { alertsOf, countRuns, statusText, type Status } from '../../src/cli/status-report.js';
import { finished } from '../prune/runs.js';

const status = (more: Partial<Status> = {}): Status => ({
  results: '/data/results',
  at: '2026-01-01T00:00:00.500Z',
  disk: { total: 1000, free: 250 },
  ...countRuns([
    finished('demo', 'a', '2026-01-01T00:00:00Z', { bytes: 5 }),
    finished('demo', 'b', '2026-01-01T00:00:00Z', { bytes: 7, marks: { pinned: true, ingested: true } }),
    finished('__proto__', 'c', '2026-01-01T00:00:00Z', { bytes: 1 }),
  ]),
  trash: { runs: 1, bytes: 3 },
  prunable: { stopped: null, policy: 'nightly', runs: 0, bytes: 0 },
  skipped: 0,
  alerts: [],
  ...more,
});
/** A line of the text format: comments, or a name, labels and a number. */
const LINE = /^(?:# (?:HELP|TYPE) [a-z_]+ .+|[a-z_]+\{(?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)*\} [\d.]+)$/;

describe('the text for Prometheus', () => {
  it('has the figures, each metric declared once', () => {
    const lines = prometheusText(status()).split('\n');
    expect(lines.at(-1)).toBe('');
    for (const line of lines.slice(0, -1)) expect(line).toMatch(LINE);
    expect(lines).toContain('plume_nav_capture_disk_free_bytes{results="/data/results"} 250');
    expect(lines).toContain('plume_nav_capture_runs{results="/data/results",state="pending"} 2');
    expect(lines).toContain('plume_nav_capture_runs{results="/data/results",state="ingested"} 1');
    expect(lines).toContain(
      'plume_nav_capture_experiment_runs{results="/data/results",experiment="__proto__"} 1',
    );
    expect(lines).toContain(
      'plume_nav_capture_status_timestamp_seconds{results="/data/results"} 1767225600.5',
    );
    const types = lines.filter((line) => line.startsWith('# TYPE'));
    expect(new Set(types).size).toBe(types.length);
  });

  it('escapes what would end a label', () => {
    const text = prometheusText(status({ results: '/a"b\\c\nd' }));
    expect(text).toContain('{results="/a\\"b\\\\c\\nd"} 250\n');
    for (const line of text.trimEnd().split('\n')) expect(line).toMatch(LINE);
  });
});

describe('alerts', () => {
  it.each([
    [0.2, 100, []],
    [0.25, 100, []],
    [0.26, 100, ['disk space low: 25.0% free']],
    [0.2, 16, []],
    [0.2, 15, ['results large: 16 B, more than 15 B']],
    [1, 0, ['disk space low', 'results large']],
  ])('with %d of the disk and %i bytes', (minFree, maxBytes, expected) => {
    expect(alertsOf(status(), { minFree, maxBytes })).toEqual(
      expected.map((text) => expect.stringContaining(text)),
    );
  });

  it('send nothing to the terminal that it would act on', () => {
    const results = '/data/\u001b[31mred';
    const alerts = alertsOf(status({ results }), { minFree: 1, maxBytes: 0 });
    expect(statusText(status({ results, alerts }))).not.toContain('\u001b');
  });
});
