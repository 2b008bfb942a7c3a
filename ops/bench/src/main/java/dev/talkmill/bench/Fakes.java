package dev.talkmill.bench;

import dev.talkmill.pipeline.prepare.AudioDecoder;
import dev.talkmill.pipeline.prepare.DecodedAudio;
import dev.talkmill.pipeline.summarize.Summarizer;
import dev.talkmill.pipeline.transcribe.Recognition;
import dev.talkmill.pipeline.transcribe.Recognition.SpeechSegment;
import dev.talkmill.pipeline.transcribe.SpeechEngine;
import dev.talkmill.pipeline.transcribe.SpeechRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/** Decoder and providers at no cost but a set delay: the rest is the pipeline's own. */
final class Fakes {

  private static final double SECONDS = 10;

  private Fakes() {}

  /** Ten seconds of speech in every file. */
  static AudioDecoder decoder() {
    return new TenSeconds();
  }

  /** Speech in every file, of which it makes a WAV file of its full size. */
  static AudioDecoder writingDecoder(int seconds) {
    return new FullSize(seconds);
  }

  /** Hears one sentence after {@code delay}. */
  static SpeechEngine speech(Duration delay) {
    return new OneSentence(delay);
  }

  static Summarizer summarizer() {
    return new TwoWords();
  }

  private static void pause(Duration delay) {
    if (delay.isZero()) {
      return;
    }
    try {
      Thread.sleep(delay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static class TenSeconds implements AudioDecoder {

    @Override
    public DecodedAudio decode(Path source, Path wav) {
      create(wav, new byte[0]);
      return decoded(SECONDS);
    }

    @Override
    public double join(Iterable<Path> sources, Path ogg) {
      throw new UnsupportedOperationException("not part of any measure");
    }
  }

  private static final class FullSize extends TenSeconds {

    private static final int HEADER = 44;
    private static final int BYTES_PER_SECOND = 32_000;

    private final int seconds;
    private final byte[] wav;

    FullSize(int seconds) {
      this.seconds = seconds;
      this.wav = new byte[HEADER + seconds * BYTES_PER_SECOND];
    }

    @Override
    public DecodedAudio decode(Path source, Path target) {
      create(target, wav);
      return decoded(seconds);
    }
  }

  private static void create(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DecodedAudio decoded(double seconds) {
    return new DecodedAudio(
        "matroska,webm", "opus", "audio/webm", seconds, seconds, List.of(), 0.5);
  }

  private record OneSentence(Duration delay) implements SpeechEngine {

    @Override
    public String provider() {
      return "fake";
    }

    @Override
    public String model() {
      return "sentence";
    }

    @Override
    public Recognition recognize(SpeechRequest request) {
      pause(delay);
      String text = "we talked about the harbour and what the ships had brought";
      return new Recognition(
          "en",
          List.of(new SpeechSegment(0.5, 9.5, null, text, 0.9, 0.01, List.of())),
          "sentence-1",
          null);
    }
  }

  private static final class TwoWords implements Summarizer {

    @Override
    public String provider() {
      return "fake";
    }

    @Override
    public String model() {
      return "short";
    }

    @Override
    public Summary summarize(SummaryRequest request) {
      return new Summary("They talked about ships.", "Ships", "short-1");
    }
  }
}
