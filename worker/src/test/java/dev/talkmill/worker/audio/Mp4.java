package dev.talkmill.worker.audio;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Moves the boxes of small MP4 files about. */
final class Mp4 {

  private Mp4() {}

  private record Box(String type, int start, int size) {}

  private static List<Box> boxes(byte[] file) {
    List<Box> boxes = new ArrayList<>();
    for (int at = 0; at + 8 <= file.length; ) {
      int size = ByteBuffer.wrap(file).getInt(at);
      boxes.add(new Box(new String(file, at + 4, 4, StandardCharsets.US_ASCII), at, size));
      at += size;
    }
    return boxes;
  }

  static byte[] without(byte[] file, String type) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Box box : boxes(file)) {
      if (!box.type().equals(type)) {
        out.write(file, box.start(), box.size());
      }
    }
    return out.toByteArray();
  }

  /** The same file with the index in front of the sound, as a streaming server has it. */
  static byte[] withIndexFirst(byte[] file) {
    Box moov = boxes(file).stream().filter(b -> b.type().equals("moov")).findFirst().orElseThrow();
    Box mdat = boxes(file).stream().filter(b -> b.type().equals("mdat")).findFirst().orElseThrow();
    ByteBuffer copy = ByteBuffer.wrap(file.clone());
    int stco = new String(file, StandardCharsets.ISO_8859_1).indexOf("stco");
    int count = copy.getInt(stco + 8);
    for (int i = 0; i < count; i++) {
      int entry = stco + 12 + 4 * i;
      copy.putInt(entry, copy.getInt(entry) + moov.size());
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(file, 0, mdat.start());
    out.write(copy.array(), moov.start(), moov.size());
    out.write(file, mdat.start(), mdat.size());
    return out.toByteArray();
  }
}
