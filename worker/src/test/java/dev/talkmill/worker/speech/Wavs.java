package dev.talkmill.worker.speech;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntToDoubleFunction;

/** WAV files as PREPARE hands them on: 16 kHz, mono, 16 bits. */
final class Wavs {

  static final int RATE = 16_000;

  private Wavs() {}

  /** Bundled speech of Debian's flite, voice rms. */
  static Path speech(String name) throws Exception {
    return Path.of(Wavs.class.getResource("/speech/" + name + ".wav").toURI());
  }

  static double seconds(Path wav) throws IOException {
    return (Files.size(wav) - 44) / (2.0 * RATE);
  }

  /** Bytes of the samples of a file of ours. */
  static byte[] samples(Path wav) throws IOException {
    byte[] all = Files.readAllBytes(wav);
    return java.util.Arrays.copyOfRange(all, 44, all.length);
  }

  /** Samples from -1 to 1 by their number. */
  static Path tone(Path file, int seconds, IntToDoubleFunction sample) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      out.write(header(seconds * RATE * 2L));
      for (int i = 0; i < seconds * RATE; i++) {
        int value = (int) (sample.applyAsDouble(i) * Short.MAX_VALUE);
        out.write(value & 0xff);
        out.write(value >> 8 & 0xff);
      }
    }
    return file;
  }

  /** The same samples again and again. */
  static Path repeated(Path file, byte[] samples, int times) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      out.write(header((long) samples.length * times));
      for (int i = 0; i < times; i++) {
        out.write(samples);
      }
    }
    return file;
  }

  private static byte[] header(long dataBytes) {
    ByteBuffer header = ByteBuffer.allocate(44).order(ByteOrder.LITTLE_ENDIAN);
    header.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt((int) (dataBytes + 36));
    header.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
    header.putShort((short) 1).putShort((short) 1).putInt(RATE).putInt(RATE * 2);
    header.putShort((short) 2).putShort((short) 16);
    header.put("data".getBytes(StandardCharsets.US_ASCII)).putInt((int) dataBytes);
    return header.array();
  }
}
