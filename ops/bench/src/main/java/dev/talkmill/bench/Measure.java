package dev.talkmill.bench;

import java.util.List;
import java.util.Optional;

/** One benchmark: a question and its figures. */
interface Measure {

  /** As given to {@code --only}. */
  String name();

  /** What is measured, in a sentence for the table. */
  String question();

  /** Names of all figures that {@link #run} gives, at every size. */
  List<String> figures();

  /** What it needs and is not there; empty if it can be made. */
  default Optional<String> obstacle() {
    return Optional.empty();
  }

  List<Figure> run(Stand stand) throws Exception;
}
