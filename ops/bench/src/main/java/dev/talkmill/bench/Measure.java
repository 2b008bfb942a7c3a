package dev.talkmill.bench;

import java.util.List;

/** One benchmark: a question and its figures. */
interface Measure {

  /** As given to {@code --only}. */
  String name();

  /** What is measured, in a sentence for the table. */
  String question();

  /** Names of all figures that {@link #run} gives, at every size. */
  List<String> figures();

  /** Whether what it needs is there; the packaged worker is not before the package phase. */
  default boolean isPossible() {
    return true;
  }

  List<Figure> run(Stand stand) throws Exception;
}
