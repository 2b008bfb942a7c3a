package dev.talkmill.jobs.queue;

import dev.talkmill.jobs.ledger.LedgerRow;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Rows that this process has dispatched and whose jobs it will most probably run: they need not be
 * read again before they are claimed. Another process may have run the job instead and an operator
 * may run it again, so a row that is known from here is taken only as it was dispatched.
 */
public final class Dispatched {

  /** Far more than the window of a process; jobs that another one runs are forgotten by age. */
  private static final int MAX = 8_192;

  private final Map<UUID, LedgerRow> rows =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, LedgerRow> eldest) {
          return size() > MAX;
        }
      };

  synchronized void add(UUID job, LedgerRow row) {
    rows.put(job, row);
  }

  /** The row of a job, once. */
  synchronized Optional<LedgerRow> take(UUID job) {
    return Optional.ofNullable(rows.remove(job));
  }
}
