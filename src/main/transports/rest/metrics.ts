import type { StreamStatistics } from '../../../shared/model/stream.ts';
import { EventLoopDelay, type DelayCounts } from './event-loop-delay.ts';

const loopDelay = EventLoopDelay.watch();

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
    metric(
      'sluice_stream_snapshot_age_seconds',
      'gauge',
      "Age of the source's snapshot that a paused stream holds.",
      streams.flatMap((each) =>
        each.snapshotAgeSeconds === undefined ? [] : [{ labels: labels(each), value: each.snapshotAgeSeconds }],
      ),
    ),
    metric('process_resident_memory_bytes', 'gauge', 'Resident memory of the main process.', [
      { labels: {}, value: process.memoryUsage.rss() },
    ]),
    histogram('nodejs_eventloop_delay_seconds', 'Delay of events in the main process.', loopDelay.read()),
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

function histogram(name: string, help: string, { buckets, count, sum }: DelayCounts): string {
  const lines = [...buckets, { le: '+Inf', count }].map(
    (bucket) => `${name}_bucket{le="${bucket.le}"} ${bucket.count}\n`,
  );
  return `# HELP ${name} ${help}\n# TYPE ${name} histogram\n${lines.join('')}${name}_sum ${sum}\n${name}_count ${count}\n`;
}

const escape = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
