import { describe, expect, it } from 'vitest';
import { after, readPreferences, type Deed } from './preferences';

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const view = (name: string, query = '') => ({ name, query });
const NOTHING = { pins: [], views: [] };

describe('what an account keeps', () => {
  it('has the newest pin first, each once, twenty at most', () => {
    const kept = after(NOTHING, range(1, 21).map((pin) => ({ pin })));
    expect(kept.pins).toEqual(range(2, 21).reverse());
    expect(after(kept, [{ pin: 5 }]).pins.slice(0, 2)).toEqual([5, 21]);
    expect(after(kept, [{ unpin: 21 }]).pins[0]).toBe(20);
    expect(after(kept, [{ unpin: 1 }])).toEqual(kept);
  });
  it('has one view of each name, the newest last, thirty at most', () => {
    const kept = after(NOTHING, range(1, 31).map((number) => ({ save: view(`view ${number}`) })));
    expect(kept.views.length).toBe(30);
    expect(kept.views[0]).toEqual(view('view 2'));
    expect(after(kept, [{ save: view('view 3', '?tag=x') }]).views.at(-1)).toEqual(view('view 3', '?tag=x'));
    expect(after(kept, [{ drop: 'view 2' }]).views[0]).toEqual(view('view 3'));
  });
  it('takes over what a browser kept, behind its own and as far as there is room', () => {
    const kept = { pins: range(1, 19), views: [view('mine', '?tag=mine')] };
    const both = after(kept, [{ adopt: { pins: [3, 30, 31], views: [view('mine', '?tag=theirs'), view('theirs')] } }]);
    expect(both.pins).toEqual([...range(1, 19), 30]);
    expect(both.views).toEqual([view('mine', '?tag=mine'), view('theirs')]);
  });
  it.each<Deed>([{ pin: 3 }, { unpin: 2 }, { save: view('a', '?tag=b') }, { drop: 'a' }, { adopt: { pins: [8], views: [view('c')] } }])('is the same when %j is done twice', (deed) => {
    const once = after({ pins: [1, 2, 3], views: [view('a'), view('b')] }, [deed]);
    expect(after(once, [deed])).toEqual(once);
  });
  it('takes nothing from a browser that the server would refuse', () => {
    expect(readPreferences(null, 'x')).toEqual(NOTHING);
    expect(readPreferences([1, '2', -3, 4.5], [null, { name: '' }, view('elsewhere', '//example.org'), { ...view('good', '?q=1'), more: 1 }])).toEqual({ pins: [1], views: [view('good', '?q=1')] });
  });
});
