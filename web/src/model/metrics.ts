// Prometheus text as rows; histograms' buckets are left to those who draw them.
export interface Metric {
  name: string;
  help: string;
  value: string;
}
const MOST = 200;

export function readMetrics(text: string): Metric[] {
  const help = new Map<string, string>();
  const metrics: Metric[] = [];
  for (const line of text.split('\n')) {
    const comment = /^# HELP (\S+) (.*)$/.exec(line);
    if (comment) help.set(comment[1]!, comment[2]!);
    const sample = /^([a-zA-Z_:][\w:]*)(\{.*\})?\s+(\S+)/.exec(line);
    if (!sample || sample[1]!.endsWith('_bucket')) continue;
    metrics.push({ name: `${sample[1]}${sample[2] ?? ''}`, help: help.get(sample[1]!) ?? '', value: sample[3]! });
  }
  return metrics.slice(0, MOST);
}
