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
import java.util.Set;
import java.util.UUID;

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
    List<Entry.Bill> bills) {

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
    }
  }
}
