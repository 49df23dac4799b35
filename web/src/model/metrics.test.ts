import { describe, expect, it } from 'vitest';
import { readMetrics } from './metrics';

describe('metrics', () => {
  it('are rows with their help, without buckets', () =>
    expect(readMetrics('# HELP a_total What.\n# TYPE a_total counter\na_total 3\nb{x="1 2"} 4.5\nh_bucket{le="1"} 2\n')).toEqual([
      { name: 'a_total', help: 'What.', value: '3' },
      { name: 'b{x="1 2"}', help: '', value: '4.5' },
    ]));
});
