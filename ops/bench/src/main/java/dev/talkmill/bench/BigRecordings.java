package dev.talkmill.bench;

import dev.talkmill.config.AudioSettings;
import dev.talkmill.worker.audio.ChildDecoder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Large recordings, made by streaming. */
final class BigRecordings {

  private static final int STUDIO_RATE = 48_000;
  private static final int SPEECH_RATE = 16_000;
  private static final int HEADER_BYTES = 44;

  private BigRecordings() {}

  /** A WAV file of 48 kHz stereo with exactly this many bytes, a multiple of 4 up to 4 GiB. */
  static Path wav(Path target, long bytes) throws IOException {
    byte[] minute = SpeechLikeSound.minute(STUDIO_RATE, 2);
    long sound = bytes - HEADER_BYTES;
    try (OutputStream out = Files.newOutputStream(target)) {
      out.write(SpeechLikeSound.wavHeader(STUDIO_RATE, 2, sound));
      for (long written = 0; written < sound; written += minute.length) {
        out.write(minute, 0, (int) Math.min(minute.length, sound - written));
      }
    }
    return target;
  }

  /** An Ogg Opus file of at least so many minutes, coded as Talkmill codes what it plays. */
  static Path opus(Path target, int minutes) throws IOException {
    Path wav = target.resolveSibling("minute.wav");
    Path coded = target.resolveSibling("minute.ogg");
    byte[] minute = SpeechLikeSound.minute(SPEECH_RATE, 1);
    try (OutputStream out = Files.newOutputStream(wav)) {
      out.write(SpeechLikeSound.wavHeader(SPEECH_RATE, 1, minute.length));
      out.write(minute);
    }
    decoder(target).join(List.of(wav), coded);
    OggPages.repeat(coded, minutes * 60L, target);
    Files.delete(wav);
    Files.delete(coded);
    return target;
  }

  /** The decoder alone, as the worker uses it. */
  static ChildDecoder decoder(Path beside) {
    return new ChildDecoder(
        Mill.defaults("talkmill.audio", AudioSettings.class), beside.resolveSibling("decoder"));
  }
}
