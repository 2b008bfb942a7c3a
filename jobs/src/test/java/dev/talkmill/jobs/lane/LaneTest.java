package dev.talkmill.jobs.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.lane.Lanes.Permit;
import dev.talkmill.pipeline.ledger.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LaneTest {

  private final AtomicInteger told = new AtomicInteger();

  @ParameterizedTest
  @CsvSource({"1,1", "2,2", "7,7", "8,7", "16,14", "64,56"})
  void anEighthIsKeptForUrgentWorkWhereThereAreEightPlaces(int size, int patient) {
    Lane lane = new Lane(size);
    assertThat(take(lane, Priority.BACKFILL)).hasSize(patient);
    assertThat(take(lane, Priority.LIVE)).hasSize(size - patient);
    assertThat(take(lane, Priority.UPLOAD)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"LIVE", "UPLOAD"})
  void urgentWorkMayTakeAllPlaces(Priority priority) {
    assertThat(take(new Lane(16), priority)).hasSize(16);
  }

  @Test
  void whatIsGivenBackCanBeTakenAgainByWhoeverMay() throws Exception {
    Lane lane = new Lane(16);
    List<Permit> patient = take(lane, Priority.REPORT);
    List<Permit> urgent = take(lane, Priority.LIVE);
    urgent.forEach(Permit::close);
    assertThat(lane.free(true)).isEqualTo(2);
    assertThat(lane.free(false)).isZero();
    // Refused, and nothing is left taken by it.
    assertThat(lane.acquire(Priority.RERUN, Duration.ofMillis(1), this::tell)).isEmpty();
    patient.forEach(Permit::close);
    assertThat(lane.free(true)).isEqualTo(16);
    assertThat(lane.free(false)).isEqualTo(14);
    assertThat(told).hasValue(16);
  }

  @Test
  void aPatientOneThatFindsTheLaneFullOfUrgentWorkHoldsNothing() throws Exception {
    Lane lane = new Lane(8);
    List<Permit> urgent = take(lane, Priority.LIVE);
    assertThat(lane.acquire(Priority.RERUN, Duration.ofMillis(1), this::tell)).isEmpty();
    assertThat(lane.tryAcquire(Priority.RERUN, this::tell)).isEmpty();
    urgent.forEach(Permit::close);
    assertThat(take(lane, Priority.RERUN)).hasSize(7);
  }

  private List<Permit> take(Lane lane, Priority priority) {
    List<Permit> taken = new ArrayList<>();
    for (Optional<Permit> permit = lane.tryAcquire(priority, this::tell);
        permit.isPresent();
        permit = lane.tryAcquire(priority, this::tell)) {
      taken.add(permit.get());
    }
    return taken;
  }

  private void tell() {
    told.incrementAndGet();
  }
}
