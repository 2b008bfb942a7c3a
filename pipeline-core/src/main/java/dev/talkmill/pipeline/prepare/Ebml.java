package dev.talkmill.pipeline.prepare;

import org.jspecify.annotations.Nullable;

/** Reads element heads of EBML (RFC 8794) in a bounded piece of hostile bytes. */
final class Ebml {

  static final long ID_HEADER = 0x1A45DFA3L;
  static final long ID_SEGMENT = 0x18538067L;
  static final long ID_INFO = 0x1549A966L;
  static final long ID_TRACKS = 0x1654AE6BL;
  static final long ID_CLUSTER = 0x1F43B675L;
  private static final long ID_TIMESTAMP = 0xE7;
  private static final long ID_SIMPLE_BLOCK = 0xA3;
  private static final long ID_BLOCK_GROUP = 0xA0;
  private static final long ID_BLOCK = 0xA1;

  /** So many blocks in a row, each ending where the next starts, do not happen by chance. */
  private static final int BLOCKS_IN_A_ROW = 3;

  /** A block holds one or a few frames of sound, or one picture: beyond this it is chance. */
  private static final long BLOCK_BYTES_MAX = 8L << 20;

  /**
   * An element's place.
   *
   * @param start of its id
   * @param data of its content
   * @param end behind its content, which may lie beyond what was read
   */
  record Element(long id, long start, long data, long end, boolean sizeUnknown) {}

  private final byte[] bytes;

  /** Reads {@code bytes} without copying them. */
  Ebml(byte[] bytes) {
    this.bytes = bytes;
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return bytes.length;
  }

  boolean startsWithHeader() {
    Element first = elementAt(0);
    return first != null && first.id() == ID_HEADER;
  }

  /** The element whose id starts at {@code at}; null where there is none. */
  @Nullable Element elementAt(long at) {
    int idBytes = vintBytes(at, 4);
    if (idBytes == 0 || at + idBytes > bytes.length) {
      return null;
    }
    long id = bigEndian(at, idBytes);
    long sizeAt = at + idBytes;
    int sizeBytes = vintBytes(sizeAt, 8);
    if (sizeBytes == 0 || sizeAt + sizeBytes > bytes.length) {
      return null;
    }
    long mask = (1L << (7 * sizeBytes)) - 1;
    long size = bigEndian(sizeAt, sizeBytes) & mask;
    long data = sizeAt + sizeBytes;
    // An unknown size is written as all ones; saying "until the end" is true of every file.
    boolean unknown = size == mask;
    return new Element(id, at, data, unknown ? Long.MAX_VALUE : data + size, unknown);
  }

  /** Whether a cluster starts here: its id, a size, and a timestamp or what may precede it. */
  boolean clusterAt(long at) {
    if (at >= bytes.length || bytes[(int) at] != 0x1F) {
      return false;
    }
    Element cluster = elementAt(at);
    if (cluster == null || cluster.id() != ID_CLUSTER) {
      return false;
    }
    Element first = elementAt(cluster.data());
    return first == null
        ? cluster.data() >= bytes.length
        : first.id() == ID_TIMESTAMP && first.end() - first.data() <= 8;
  }

  /** Whether a run of blocks starts here, each directly behind the other. */
  boolean blocksAt(long start) {
    long at = start;
    for (int block = 0; block < BLOCKS_IN_A_ROW; block++) {
      Element element = elementAt(at);
      if (element == null || !isBlock(element)) {
        return false;
      }
      at = element.end();
      if (at >= bytes.length) {
        // A file of fewer blocks counts only if it ends exactly with one.
        return at == bytes.length && start == 0;
      }
      if (clusterAt(at)) {
        return true;
      }
    }
    return true;
  }

  private boolean isBlock(Element element) {
    if (element.sizeUnknown() || element.end() - element.data() > BLOCK_BYTES_MAX) {
      return false;
    }
    if (element.id() == ID_BLOCK_GROUP) {
      Element inner = elementAt(element.data());
      return inner != null && inner.id() == ID_BLOCK && inner.end() <= element.end();
    }
    // Track number 1 to 4 in one byte, then two bytes of time and the flags, then sound.
    return element.id() == ID_SIMPLE_BLOCK
        && element.end() - element.data() > 4
        && element.data() + 3 < bytes.length
        && trackNumber(element.data()) >= 1
        && trackNumber(element.data()) <= 4
        && (bytes[(int) element.data() + 3] & 0x70) == 0;
  }

  private int trackNumber(long at) {
    return (bytes[(int) at] & 0xFF) - 0x80;
  }

  /** Length of the variable-size integer that starts here, or 0 where it is not valid. */
  private int vintBytes(long at, int most) {
    if (at < 0 || at >= bytes.length) {
      return 0;
    }
    int length = Integer.numberOfLeadingZeros(bytes[(int) at] & 0xFF) - 23;
    return length <= most ? length : 0;
  }

  private long bigEndian(long at, int count) {
    long value = 0;
    for (int i = 0; i < count; i++) {
      value = (value << 8) | (bytes[(int) at + i] & 0xFF);
    }
    return value;
  }
}
