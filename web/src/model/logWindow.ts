// Browsers lay out no element higher than some 33 million pixels, which a hundred megabytes of lines are beyond.
// A longer log is scrolled through a canvas of that height: a position on it stands for one in the log.
const MOST_PIXELS = 16_000_000;

export class LogWindow {
  readonly canvas: number;
  private factor: number;

  // The log's own height and the view's, in pixels.
  constructor(whole: number, view: number) {
    this.canvas = Math.min(whole, MOST_PIXELS);
    this.factor = whole > MOST_PIXELS ? (whole - view) / (MOST_PIXELS - view) : 1;
  }
  // Whether a pixel of the canvas stands for more than one of the log.
  get isScaled(): boolean {
    return this.factor > 1;
  }
  // Pixels of the log above the view.
  offset(scrollTop: number): number {
    return scrollTop * this.factor;
  }
  scrollTop(offset: number): number {
    return offset / this.factor;
  }
}
