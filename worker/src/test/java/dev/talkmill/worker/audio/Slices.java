package dev.talkmill.worker.audio;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cuts a webm recording as a browser's recorder hands it out: at the start of each cluster. */
final class Slices {

  private static final byte[] CLUSTER = {0x1F, 0x43, (byte) 0xB6, 0x75};

  private Slices() {}

  /** The head with the first cluster, then the other clusters. */
  static List<byte[]> of(byte[] webm) {
    List<Integer> starts = new ArrayList<>();
    for (int at = 0; at + 4 <= webm.length; at++) {
      if (Arrays.equals(webm, at, at + 4, CLUSTER, 0, 4)) {
        starts.add(at);
      }
    }
    List<byte[]> slices = new ArrayList<>();
    int from = 0;
    for (int next : starts.subList(1, starts.size())) {
      slices.add(Arrays.copyOfRange(webm, from, next));
      from = next;
    }
    slices.add(Arrays.copyOfRange(webm, from, webm.length));
    return slices;
  }
}
