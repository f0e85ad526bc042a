import type { Status } from './status-report.js';

interface Metric {
  name: string;
  help: string;
  samples: readonly { labels?: Readonly<Record<string, string>>; value: number }[];
}

/** The status as metrics in the text format 0.0.4 of Prometheus, for node_exporter's textfile collector. */
export function prometheusText(status: Status): string {
  const states = Object.entries(status.states);
  const experiments = Object.entries(status.experiments);
  const metrics: Metric[] = [
    {
      name: 'disk_free_bytes',
      help: 'Free space of the disk with the results.',
      samples: [{ value: status.disk.free }],
    },
    {
      name: 'disk_size_bytes',
      help: 'Size of the disk with the results.',
      samples: [{ value: status.disk.total }],
    },
    {
      name: 'runs',
      help: 'Runs by state.',
      samples: states.map(([state, { runs }]) => ({ labels: { state }, value: runs })),
    },
    {
      name: 'runs_bytes',
      help: 'Size of the runs by state.',
      samples: states.map(([state, { bytes }]) => ({ labels: { state }, value: bytes })),
    },
    {
      name: 'experiment_runs',
      help: 'Runs by experiment.',
      samples: experiments.map(([experiment, { runs }]) => ({ labels: { experiment }, value: runs })),
    },
    {
      name: 'experiment_bytes',
      help: 'Size of the runs by experiment.',
      samples: experiments.map(([experiment, { bytes }]) => ({ labels: { experiment }, value: bytes })),
    },
    { name: 'pinned_runs', help: 'Runs that are pinned.', samples: [{ value: status.pinned.runs }] },
    { name: 'trash_runs', help: 'Runs in the trash.', samples: [{ value: status.trash.runs }] },
    { name: 'trash_bytes', help: 'Size of the trash.', samples: [{ value: status.trash.bytes }] },
    { name: 'prunable_bytes', help: 'What a prune would free.', samples: [{ value: status.prunable.bytes }] },
    { name: 'alerts', help: 'Thresholds that are crossed.', samples: [{ value: status.alerts.length }] },
    {
      name: 'status_timestamp_seconds',
      help: 'When this was measured.',
      samples: [{ value: Date.parse(status.at) / 1000 }],
    },
  ];
  return metrics.map((metric) => metricText(metric, status.results)).join('');
}

function metricText({ name, help, samples }: Metric, results: string): string {
  const full = `plume_nav_capture_${name}`;
  const lines = samples.map(
    ({ labels, value }) => `${full}{${labelText({ results, ...labels })}} ${value}\n`,
  );
  return `# HELP ${full} ${help}\n# TYPE ${full} gauge\n${lines.join('')}`;
}

const labelText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
