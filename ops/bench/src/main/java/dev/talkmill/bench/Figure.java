package dev.talkmill.bench;

import org.jspecify.annotations.Nullable;

/**
 * One measured value beside its reference.
 *
 * @param name as in {@code latest.json}, for example {@code pickup_p99}
 * @param value in {@code unit}
 * @param reference what the same machine did in the same run, in the same unit; null where there is
 *     nothing to compare with
 * @param against what the reference is, in a few words
 */
record Figure(
    String name, double value, String unit, @Nullable Double reference, @Nullable String against) {

  static Figure alone(String name, double value, String unit) {
    return new Figure(name, value, unit, null, null);
  }

  static Figure beside(String name, double value, String unit, double reference, String against) {
    return new Figure(name, value, unit, reference, against);
  }

  /** Value over reference: below 1 is better for a time, above 1 for a rate. */
  @Nullable Double ratio() {
    return reference == null || reference == 0 ? null : value / reference;
  }
}
