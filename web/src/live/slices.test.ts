import { describe, expect, it } from 'vitest';
import { Slices } from './slices';

const macrotask = () => new Promise((resolve) => setTimeout(resolve));

describe('work in slices', () => {
  it('the little that comes is done at once', () => {
    const slices = new Slices();
    const done: number[] = [];
    slices.add(() => done.push(1));
    slices.add(() => done.push(2));
    expect(done).toEqual([1, 2]);
    slices.stop();
  });
  it('much is parted, and keeps its order', async () => {
    let now = 0;
    const slices = new Slices(() => now);
    const done: number[] = [];
    for (let i = 0; i < 10; i += 1) {
      slices.add(() => {
        done.push(i);
        now += 2;
      });
    }
    expect(done).toEqual([0, 1, 2]);
    expect(slices.busy).toBe(true);
    while (done.length < 10) await macrotask();
    expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(slices.busy).toBe(false);
    slices.stop();
  });
  it('what is stopped does no more', async () => {
    let now = 0;
    const slices = new Slices(() => now);
    const done: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      slices.add(() => {
        done.push(i);
        now += 100;
      });
    }
    slices.stop();
    await macrotask();
    expect(done).toEqual([0]);
  });
});
