import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { StreamStatistics } from '../../../shared/model/stream.ts';

const loopDelay = monitorEventLoopDelay({ resolution: 20 });
loopDelay.enable();

/** Prometheus' text format, version 0.0.4. */
export function metricsText(version: string, streams: readonly StreamStatistics[]): string {
  const statuses = new Map<string, number>();
  for (const { status } of streams) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const labels = ({ streamID, configID }: StreamStatistics) => ({ stream: streamID, config: configID });
  const bySide = (field: 'counter' | 'sumDataSize'): Sample[] =>
    streams.flatMap((each) =>
      (['source', 'target'] as const).map((side) => ({ labels: { ...labels(each), side }, value: each[side][field] })),
    );
  return [
    metric('sluice_info', 'gauge', 'Version of Sluice.', [{ labels: { version }, value: 1 }]),
    metric(
      'sluice_streams',
      'gauge',
      'Active streams by status.',
      [...statuses].map(([status, value]) => ({ labels: { status }, value })),
    ),
    metric('sluice_stream_rows_total', 'counter', 'Rows read (source) and committed (target).', bySide('counter')),
    metric(
      'sluice_stream_bytes_total',
      'counter',
      'Bytes read (source) and committed (target).',
      bySide('sumDataSize'),
    ),
    metric(
      'sluice_stream_failed_rows_total',
      'counter',
      'Rows that the target refused.',
      streams.map((each) => ({ labels: labels(each), value: each.target.failedCounter })),
    ),
    metric('process_resident_memory_bytes', 'gauge', 'Resident memory of the main process.', [
      { labels: {}, value: process.memoryUsage.rss() },
    ]),
    metric('nodejs_eventloop_lag_p99_seconds', 'gauge', '99th percentile of the delay of the event loop.', [
      { labels: {}, value: (loopDelay.percentile(99) || 0) / 1e9 },
    ]),
  ].join('');
}

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

function metric(name: string, type: 'gauge' | 'counter', help: string, samples: readonly Sample[]): string {
  const lines = samples.map(({ labels, value }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escape(text)}"`);
    return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

const escape = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
