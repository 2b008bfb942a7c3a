package dev.talkmill.chaos.check;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What clients were told, and what was broken meanwhile.
 *
 * @param chunks answered 202, by their ids
 * @param finished when each conversation's end was answered, in milliseconds of the epoch
 * @param erasing conversations that may be gone
 * @param erased conversations that must be gone
 * @param settled what transcripts said when they were said to be whole
 * @param herd conversations that came all at once
 */
record Told(
    Map<UUID, Entry.Chunk> chunks,
    Map<UUID, Long> finished,
    Set<UUID> erasing,
    Set<UUID> erased,
    List<Entry.Settled> settled,
    Set<UUID> herd,
    List<Entry.Fault> faults,
    List<Entry.Refused> refused,
    List<Entry.Bill> bills,
    List<Entry.Recovered> recovered) {

  /** How the log says that providers or the store are well again. */
  private static final String OVER = "NONE";

  /** Chunks that must be there, whole and once. */
  List<Entry.Chunk> kept() {
    return chunks.values().stream()
        .filter(chunk -> !erasing.contains(chunk.conversation()))
        .toList();
  }

  long count(FaultKind kind) {
    return faults.stream().filter(fault -> fault.kind() == kind).count();
  }

  long count(FaultKind kind, String detail) {
    return faults.stream()
        .filter(fault -> fault.kind() == kind && fault.detail().equals(detail))
        .count();
  }

  /** Calls of providers that were answered as they should be, and so are paid for. */
  long answered() {
    return bills.stream().mapToLong(Entry.Bill::answered).sum();
  }

  /** Of these, the ones that asked for something new. */
  long needed() {
    return bills.stream().mapToLong(Entry.Bill::needed).sum();
  }

  /**
   * Faults that may cut off a call between its answer and our commit, and so make it be repeated.
   */
  long cuts() {
    return unheard()
        + faults.stream()
            .filter(fault ->
                switch (fault.kind()) {
                  case KILL, POSTGRES_STOP, ZOMBIE, TINY_HEAP -> true;
                  case TERMINATE, COMMIT_UNHEARD, STORE, PROVIDER, CLOCK, DISK_FULL, HERD -> false;
                })
            .count();
  }

  /** Commits whose acknowledgement was lost. */
  long unheard() {
    return faults.stream()
        .filter(fault -> fault.kind() == FaultKind.COMMIT_UNHEARD)
        .mapToLong(fault -> Long.parseLong(fault.detail()))
        .sum();
  }

  /** The longest time until all went on after a fault of a kind; 0 if there was none. */
  double recoverySeconds(FaultKind kind) {
    return recovered.stream()
            .filter(again -> again.kind() == kind)
            .mapToLong(again -> again.millis())
            .max()
            .orElse(0)
        / 1_000.0;
  }

  /** When outages of what all workers need were over, in milliseconds of the epoch. */
  NavigableSet<Long> outagesOver() {
    return faults.stream()
        .filter(fault ->
            switch (fault.kind()) {
              case POSTGRES_STOP, HERD -> true;
              case PROVIDER, STORE -> fault.detail().equals(OVER);
              case KILL, TERMINATE, COMMIT_UNHEARD, ZOMBIE, CLOCK, DISK_FULL, TINY_HEAP -> false;
            })
        .map(Entry.Fault::atMillis)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  long lastFaultMillis() {
    return faults.stream().mapToLong(Entry.Fault::atMillis).max().orElse(0);
  }

  static Told read(Path... logs) throws IOException {
    Told told =
        new Told(
            new HashMap<>(),
            new HashMap<>(),
            new HashSet<>(),
            new HashSet<>(),
            new ArrayList<>(),
            new HashSet<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>());
    for (Path log : logs) {
      for (String line : wholeLines(Files.readString(log, StandardCharsets.UTF_8))) {
        told.add(Entry.parse(line));
      }
    }
    return told;
  }

  /** A last line without its end was never synced, so nobody has relied on it. */
  private static List<String> wholeLines(String text) {
    return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
  }

  private void add(Entry entry) {
    switch (entry) {
      case Entry.Chunk chunk -> chunks.put(chunk.chunk(), chunk);
      case Entry.Finished end -> finished.put(end.conversation(), end.atMillis());
      case Entry.HerdFinished end -> {
        finished.put(end.conversation(), end.atMillis());
        herd.add(end.conversation());
      }
      case Entry.Settled whole -> settled.add(whole);
      case Entry.Refused answer -> refused.add(answer);
      case Entry.Erasing begun -> erasing.add(begun.conversation());
      case Entry.Erased done -> erased.add(done.conversation());
      case Entry.Fault fault -> faults.add(fault);
      case Entry.Bill bill -> bills.add(bill);
      case Entry.Recovered again -> recovered.add(again);
    }
  }
}
