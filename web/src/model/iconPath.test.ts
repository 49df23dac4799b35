import { describe, expect, it } from 'vitest';
import { iconPath } from './iconPath';

describe('an icon is one path', () => {
  it.each([
    ['circle', { cx: '12', cy: '12', r: '10' }, 'M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0z'],
    ['line', { x1: '6', x2: '6.01', y1: '18', y2: '18' }, 'M6 18L6.01 18'],
    ['rect', { x: '2', y: '3', width: '20', height: '8' }, 'M2 3h20v8h-20v-8z'],
    ['rect', { x: '2', y: '3', width: '20', height: '8', rx: '2', ry: '2' }, 'M4 3h16a2 2 0 0 1 2 2v4a2 2 0 0 1 -2 2h-16a2 2 0 0 1 -2 -2v-4a2 2 0 0 1 2 -2z'],
    ['path', { d: 'm9 12 2 2 4-4' }, 'M0 0m9 12 2 2 4-4'],
  ])('%s %j', (tag, attributes, path) => expect(iconPath([[tag, attributes]])).toBe(path));
  it('of all shapes, each at its own place', () =>
    expect(iconPath([['path', { d: 'M4 4h9' }], ['path', { d: 'm1 2 3 4' }]])).toBe('M0 0M4 4h9M0 0m1 2 3 4'));
  it('a shape that it cannot draw is told', () => expect(() => iconPath([['ellipse', {}]])).toThrow('<ellipse>'));
});
