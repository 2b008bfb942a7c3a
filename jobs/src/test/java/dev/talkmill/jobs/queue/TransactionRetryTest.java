package dev.talkmill.jobs.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.UncategorizedDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

class TransactionRetryTest {

  private static final List<Duration> PAUSES = List.of(Duration.ofMillis(1), Duration.ofMillis(2));
  private final TransactionRetry retry = new TransactionRetry(PAUSES, ThreadLocalRandom::current);
  private final List<Boolean> tries = new ArrayList<>();

  @Test
  void aTransactionThatSucceedsRunsOnce() {
    assertThat(retry.<String>run(this::noted)).isEqualTo("done");
    assertThat(tries).containsExactly(false);
  }

  @Test
  void triesAreBoundedAndAllButTheFirstKnowThatTheyAreRepeated() {
    RuntimeException cut = cut("08006");
    assertThatThrownBy(() -> retry.run(repeated -> failing(repeated, cut))).isSameAs(cut);
    assertThat(tries).containsExactly(false, true, true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"23505", "23514", "22P05", "42P01", "42501", "25P02", "08", "P0001"})
  void anErrorThatWouldMeetEveryTryIsNotRepeated(String state) {
    RuntimeException refused =
        new DataIntegrityViolationException("refused", new SQLException("refused", state));
    assertThatThrownBy(() -> retry.run(repeated -> failing(repeated, refused))).isSameAs(refused);
    assertThat(tries).hasSize(1);
  }

  @Test
  void aPoolWithoutAConnectionIsAskedAgain() {
    RuntimeException none =
        new CannotCreateTransactionException(
            "no connection", new SQLTransientConnectionException("not available"));
    assertThatThrownBy(() -> retry.run(repeated -> failing(repeated, none))).isSameAs(none);
    assertThat(tries).hasSize(3);
  }

  @Test
  void aRollbackThatFailedDoesNotHideWhatBrokeTheTransactionOff() {
    TransactionSystemException rollback =
        new TransactionSystemException("rollback", new SQLException("Connection is closed"));
    rollback.initApplicationException(cut("57P01"));
    assertThatThrownBy(() -> retry.run(repeated -> failing(repeated, rollback))).isSameAs(rollback);
    assertThat(tries).hasSize(3);
  }

  @Test
  void anErrorOfOurOwnIsNotRepeated() {
    assertThatThrownBy(
            () -> retry.run(repeated -> failing(repeated, new IllegalStateException("a defect"))))
        .hasMessage("a defect");
    assertThat(tries).hasSize(1);
  }

  @Test
  void anInterruptedThreadStopsAndStaysInterrupted() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> retry.run(repeated -> failing(repeated, cut("08006"))))
        .isInstanceOf(DataAccessResourceFailureException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(tries).hasSize(1);
  }

  @Test
  void anEndlessChainOfCausesIsNotFollowed() {
    SQLException one = new SQLException("one");
    SQLException other = new SQLException("other", one);
    one.initCause(other);
    RuntimeException round =
        new UncategorizedDataAccessException("round", one) {
          private static final long serialVersionUID = 1L;
        };
    assertThatThrownBy(() -> retry.run(repeated -> failing(repeated, round))).isSameAs(round);
    assertThat(tries).hasSize(1);
  }

  private static DataAccessResourceFailureException cut(String state) {
    return new DataAccessResourceFailureException("cut", new SQLException("cut", state));
  }

  private String noted(boolean repeated) {
    tries.add(repeated);
    return "done";
  }

  private String failing(boolean repeated, RuntimeException error) {
    tries.add(repeated);
    throw error;
  }
}
