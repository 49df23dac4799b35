// Work in its order, in slices between which the browser draws and answers its user.
const SLICE_MS = 6;

export class Slices {
  private works: (() => void)[] = [];
  private next = 0;
  private channel = new MessageChannel();
  private asked = false;
  private sliceEnd = 0;
  private now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
    this.channel.port1.onmessage = () => {
      this.asked = false;
      this.sliceEnd = this.now() + SLICE_MS;
      this.run();
    };
  }

  // Done at once while the slice lasts, so that the little that comes live waits for nothing.
  add(work: () => void): void {
    this.works.push(work);
    if (this.works.length > this.next + 1) return;
    if (!this.asked) this.sliceEnd = this.now() + SLICE_MS;
    this.run();
  }
  // Whether more waits to be done.
  get busy(): boolean {
    return this.next < this.works.length;
  }
  // What was not done yet is dropped.
  stop(): void {
    this.works = [];
    this.next = 0;
    this.channel.port1.close();
  }

  private run(): void {
    while (this.next < this.works.length && this.now() < this.sliceEnd) {
      const work = this.works[this.next]!;
      this.next += 1;
      work();
    }
    if (this.next === this.works.length) {
      this.works = [];
      this.next = 0;
    }
    // Asked for also when nothing is left: what comes before it runs belongs to the slice that was.
    if (!this.asked) {
      this.asked = true;
      this.channel.port2.postMessage(null);
    }
  }
}
