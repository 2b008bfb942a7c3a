package dev.talkmill.bench;

/** How much is measured. */
enum Size {
  /** What figures are published of. */
  FULL(1),

  /** A first look. */
  QUICK(0.1),

  /** Only that everything works. */
  SMALLEST(0.001);

  private final double scale;

  Size(double scale) {
    this.scale = scale;
  }

  /** A count of the full run, scaled, but at least as much. */
  int of(int full, int least) {
    return Math.max(least, (int) Math.round(full * scale));
  }

  /** What belongs to this size, where a share of the full count would not do. */
  <T> T pick(T full, T quick, T smallest) {
    return switch (this) {
      case FULL -> full;
      case QUICK -> quick;
      case SMALLEST -> smallest;
    };
  }
}
