package dev.talkmill.chaos;

import dev.talkmill.chaos.check.FaultKind;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Phase E: providers and the object store fail, and so does the machine of one worker. */
final class Neighbours {

  private final Stand stand;
  private final Watch watch;
  private final Recorders recorders;

  Neighbours(Stand stand, Watch watch, Recorders recorders) {
    this.stand = stand;
    this.watch = watch;
    this.recorders = recorders;
  }

  void run(Size.Bad size) throws SQLException {
    stand.say("phase E: neighbours fail");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> guest = threads.submit(new Guest(stand, size.each()));
      failProviders(size.each());
      breakStore(size.each());
      guest.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    if (size.herd() > 0) {
      new Herd(stand, watch, recorders).run(size.herd());
    }
  }

  private void failProviders(Duration each) {
    for (ProviderFault fault : ProviderFault.values()) {
      if (fault != ProviderFault.NONE) {
        stand.fault(FaultKind.PROVIDER, fault.name());
        stand.providers().fail(fault);
        Pause.of(each);
      }
    }
    stand.providers().fail(ProviderFault.NONE);
    stand.fault(FaultKind.PROVIDER, ProviderFault.NONE.name());
  }

  private void breakStore(Duration each) {
    for (LineFault fault : LineFault.values()) {
      if (fault != LineFault.NONE) {
        stand.fault(FaultKind.STORE, fault.name());
        stand.storeLine().fail(fault);
        Pause.of(each);
        stand.storeLine().mend();
      }
    }
    stand.fault(FaultKind.STORE, LineFault.NONE.name());
  }
}
