package dev.talkmill.bench;

import dev.talkmill.pipeline.prepare.AudioDecoder;
import dev.talkmill.pipeline.prepare.DecodedAudio;
import dev.talkmill.pipeline.store.ObjectStore;
import dev.talkmill.pipeline.summarize.Summarizer;
import dev.talkmill.pipeline.transcribe.Recognition;
import dev.talkmill.pipeline.transcribe.Recognition.SpeechSegment;
import dev.talkmill.pipeline.transcribe.SpeechEngine;
import dev.talkmill.pipeline.transcribe.SpeechRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is outside of the pipeline, at no cost but a set delay: the rest is the pipeline's own. */
final class Fakes {

  private static final double SECONDS = 10;

  private Fakes() {}

  /** Reads what it is given and keeps nothing. */
  static ObjectStore store() {
    return new NothingKept();
  }

  /** Ten seconds of speech in every file. */
  static AudioDecoder decoder() {
    return new TenSeconds();
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

  private static final class NothingKept implements ObjectStore {

    @Override
    public void putIfAbsent(
        String key, Source source, long bytes, String sha256, String mediaType) {
      try (InputStream in = source.open()) {
        in.transferTo(OutputStream.nullOutputStream());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void put(String key, Path file, String mediaType) {}

    @Override
    public void get(String key, Path target, long bytesMax) {
      throw new UnsupportedOperationException("nothing is kept");
    }

    @Override
    public Optional<ObjectInfo> head(String key) {
      return Optional.empty();
    }

    @Override
    public InputStream open(String key, long first, long last) {
      throw new UnsupportedOperationException("nothing is kept");
    }

    @Override
    public int deleteAll(String prefix, Runnable beforeEach) {
      return 0;
    }

    @Override
    public Duration callLimit(long bytes) {
      return Duration.ofMinutes(1);
    }

    @Override
    public void delete(String key) {}

    @Override
    public List<ObjectInfo> list(String prefix, @Nullable String after, int max) {
      return List.of();
    }

    @Override
    public URI presignPut(String key, long bytes, Duration validity) {
      throw new UnsupportedOperationException("nothing is kept");
    }

    @Override
    public String startMultipart(String key) {
      throw new UnsupportedOperationException("nothing is kept");
    }

    @Override
    public URI presignPart(
        String key, String multipartId, int part, long bytes, Duration validity) {
      throw new UnsupportedOperationException("nothing is kept");
    }

    @Override
    public void completeMultipart(String key, String multipartId) {}

    @Override
    public void abortMultipart(String key, String multipartId) {}
  }

  private static final class TenSeconds implements AudioDecoder {

    @Override
    public DecodedAudio decode(Path source, Path wav) {
      try {
        Files.createFile(wav);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return new DecodedAudio(
          "matroska,webm", "opus", "audio/webm", SECONDS, SECONDS, List.of(), 0.5);
    }

    @Override
    public double join(Iterable<Path> sources, Path ogg) {
      throw new UnsupportedOperationException("not part of any measure");
    }
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
