package dev.talkmill.pipeline.prepare;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Mends the slices of a browser's recorder. Only the first slice of such a recording holds the head
 * (EBML header, segment, tracks); the later ones are bare clusters or blocks, often cut where the
 * network cut them, and no decoder opens them. With the head of the first they play.
 *
 * <p>Element ids and sizes: RFC 8794 (EBML) and RFC 9559 (Matroska).
 */
public final class WebmHeader {

  /** Bound of what is read of a first slice to find its head; browsers write about 200 bytes. */
  static final int HEADER_BYTES_MAX = 1 << 20;

  /** Bound of what is read of a slice to tell what it is: more than two clusters of speech. */
  static final int SCAN_BYTES_MAX = 256 << 10;

  private static final byte[] SEGMENT_OF_UNKNOWN_SIZE = {
    0x18, 0x53, (byte) 0x80, 0x67, 0x01, -1, -1, -1, -1, -1, -1, -1
  };

  private static final byte[] CLUSTER_OF_UNKNOWN_SIZE = {
    0x1F, 0x43, (byte) 0xB6, 0x75, 0x01, -1, -1, -1, -1, -1, -1, -1, (byte) 0xE7, (byte) 0x81, 0
  };

  private static final long ID_DURATION = 0x4489;

  private WebmHeader() {}

  /**
   * The head of a recording's first slice: what a continuation needs in front of it. The length and
   * index that a finished file has are left out, because they are untrue of a slice.
   *
   * @return empty where the file is not webm, or its head is damaged or longer than 1 MiB
   */
  public static Optional<byte[]> headerOf(Path firstSlice) throws IOException {
    Ebml in = new Ebml(head(firstSlice, HEADER_BYTES_MAX));
    Ebml.Element ebml = in.elementAt(0);
    if (ebml == null || ebml.id() != Ebml.ID_HEADER || ebml.end() > in.length()) {
      return Optional.empty();
    }
    Ebml.Element segment = in.elementAt(ebml.end());
    if (segment == null || segment.id() != Ebml.ID_SEGMENT) {
      return Optional.empty();
    }
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.write(in.bytes(), 0, (int) ebml.end());
    header.writeBytes(SEGMENT_OF_UNKNOWN_SIZE);
    boolean tracks = false;
    for (long at = segment.data(); ; ) {
      Ebml.Element element = in.elementAt(at);
      if (element == null || element.id() == Ebml.ID_CLUSTER) {
        return tracks ? Optional.of(header.toByteArray()) : Optional.empty();
      }
      if (element.sizeUnknown() || element.end() > in.length()) {
        return tracks ? Optional.of(header.toByteArray()) : Optional.empty();
      }
      if (element.id() == Ebml.ID_INFO) {
        header.writeBytes(withoutDuration(in, element));
      } else if (element.id() == Ebml.ID_TRACKS) {
        header.write(in.bytes(), (int) at, (int) (element.end() - at));
        tracks = true;
      }
      at = element.end();
    }
  }

  /**
   * Whether a file is the headless continuation of a webm recording, by content: it starts with a
   * cluster or a block, or holds a cluster's head or a run of blocks further on.
   */
  public static boolean isContinuation(Path slice) throws IOException {
    return syncPoint(new Ebml(head(slice, SCAN_BYTES_MAX))) >= 0;
  }

  /**
   * Writes {@code header} and a continuation to one file that a decoder opens. A part of a block in
   * front of the first whole one is dropped: at most 60 ms of sound as browsers write it.
   *
   * @throws IOException also where the slice is not a continuation
   */
  public static void repair(byte[] header, Path continuation, Path target) throws IOException {
    Ebml scanned = new Ebml(head(continuation, SCAN_BYTES_MAX));
    long from = syncPoint(scanned);
    if (from < 0) {
      throw new IOException("not a continuation of a webm recording");
    }
    try (OutputStream out = Files.newOutputStream(target);
        FileChannel in = FileChannel.open(continuation, StandardOpenOption.READ)) {
      out.write(header);
      if (!scanned.clusterAt(from)) {
        out.write(CLUSTER_OF_UNKNOWN_SIZE);
      }
      ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
      for (long at = from; in.read(buffer.clear(), at) > 0; at += buffer.position()) {
        out.write(buffer.array(), 0, buffer.position());
      }
    }
  }

  /** Where the first cluster or block starts, or -1 for what is no continuation. */
  private static long syncPoint(Ebml in) {
    if (in.length() >= 4 && in.startsWithHeader()) {
      return -1;
    }
    for (int at = 0; at < in.length(); at++) {
      if (in.clusterAt(at) || in.blocksAt(at)) {
        return at;
      }
    }
    return -1;
  }

  private static byte[] withoutDuration(Ebml in, Ebml.Element info) {
    byte[] copy = new byte[(int) (info.end() - info.start())];
    System.arraycopy(in.bytes(), (int) info.start(), copy, 0, copy.length);
    for (long at = info.data(); at < info.end(); ) {
      Ebml.Element element = in.elementAt(at);
      if (element == null || element.sizeUnknown() || element.end() > info.end()) {
        break;
      }
      if (element.id() == ID_DURATION && element.data() - at == 3) {
        // A void element of the same length: one byte of id instead of two, so one more of data.
        int offset = (int) (at - info.start());
        copy[offset] = (byte) 0xEC;
        copy[offset + 1] = (byte) (0x80 | (element.end() - at - 2));
      }
      at = element.end();
    }
    return copy;
  }

  private static byte[] head(Path file, int bytesMax) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return in.readNBytes(bytesMax);
    }
  }
}
