package dev.talkmill.jobs.sweep;

import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A subject that a sweep found, with its tenant: each is mended in its tenant's own transaction.
 */
record Found(UUID tenant, UUID id) {

  private static final Logger log = LoggerFactory.getLogger(Found.class);

  /**
   * Mends each; one that fails does not keep the others from being mended.
   *
   * @return how many were mended; throws what one failed with if none was
   */
  static int mendEach(List<Found> found, Predicate<Found> mend) {
    int mended = 0;
    @Nullable RuntimeException failed = null;
    for (Found subject : found) {
      try {
        mended += mend.test(subject) ? 1 : 0;
      } catch (RuntimeException e) {
        log.warn("{} could not be mended: {}", subject.id(), e.toString());
        failed = e;
      }
    }
    if (failed != null && mended == 0) {
      throw failed;
    }
    return mended;
  }
}
