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
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
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

  /** Holds what it is told to, all of it long ago, and finds whatever it is asked for. */
  static ObjectStore storeOf(List<String> keys) {
    return new Holding(keys);
  }

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

  private static class NothingKept implements ObjectStore {

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
      create(target, new byte[0]);
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

  private static final class Holding extends NothingKept {

    private static final Instant LONG_AGO = Instant.EPOCH;

    private final List<ObjectInfo> objects;

    Holding(List<String> keys) {
      this.objects = keys.stream().map(key -> new ObjectInfo(key, 1, null, LONG_AGO)).toList();
    }

    @Override
    public Optional<ObjectInfo> head(String key) {
      return Optional.of(new ObjectInfo(key, 1, null, LONG_AGO));
    }

    @Override
    public List<ObjectInfo> list(String prefix, @Nullable String after, int max) {
      return objects;
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
