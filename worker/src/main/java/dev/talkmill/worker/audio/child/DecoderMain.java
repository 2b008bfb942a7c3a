package dev.talkmill.worker.audio.child;

import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_max_alloc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The child process of the decoder. It works in its working directory: reads {@value #SOURCES_FILE}
 * there, writes {@value #OUTPUT_FILE}, answers in lines on its standard output (see {@link Answer})
 * and closes it. It ends when its standard input ends, so that it never outlives its parent.
 *
 * <p>Arguments: {@code decode} or {@code join}, then the longest output in seconds.
 */
public final class DecoderMain {

  /** Pairs of the formats that a source may be, as the codec library names them, and its path. */
  public static final String SOURCES_FILE = "sources";

  public static final String OUTPUT_FILE = "output";

  /** Separates the strings of {@value #SOURCES_FILE}; no path holds it. */
  public static final String SEPARATOR = "\0";

  /** Largest single allocation of the codec library: no frame or packet of sound comes near. */
  private static final long NATIVE_BLOCK_BYTES_MAX = 64L << 20;

  /** How long a finished child waits to be let go. */
  private static final Duration PARTING_MAX = Duration.ofSeconds(5);

  private static volatile boolean answered;

  private record Source(String formats, Path path) {}

  private DecoderMain() {}

  /** Runs one job. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Thread watcher = endWithParent();
    Answer answer = new Answer();
    try {
      run(args[0], Double.parseDouble(args[1]), answer);
    } catch (Refusal refusal) {
      answer.refuse(refusal.code(), refusal.sentence());
    } catch (OutOfMemoryError e) {
      answer.refuse("decode_limit", "decoding needs more memory than the decoder may use");
    } catch (LinkageError e) {
      // No verdict on the source: the parent shows it as the reason of a crash.
      answer.refuse("decoder_crashed", "the codec library can't be loaded: " + e.getMessage());
      answer.close();
      Runtime.getRuntime().halt(2);
    }
    answered = true;
    answer.close();
    // A JVM that ends while a thread reads waits 0.3 s for that thread: the parent, which has the
    // answer, closes the other end, and the watcher ends the process.
    watcher.join(PARTING_MAX);
    Runtime.getRuntime().halt(0);
  }

  private static Thread endWithParent() {
    return Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            while (System.in.read() >= 0) {}
          } catch (IOException e) {
            // A broken pipe says the same as its end: there is no parent any more.
          }
          Runtime.getRuntime().halt(answered ? 0 : 1);
        });
  }

  private static void run(String mode, double secondsMax, Answer answer)
      throws IOException, Refusal {
    av_log_set_level(AV_LOG_QUIET);
    av_max_alloc(NATIVE_BLOCK_BYTES_MAX);
    List<Source> sources = sources();
    if (mode.equals("join")) {
      join(sources, secondsMax, answer);
    } else {
      decode(sources.getFirst(), secondsMax, answer);
    }
  }

  private static List<Source> sources() throws IOException {
    String[] parts =
        Files.readString(Path.of(SOURCES_FILE), StandardCharsets.UTF_8).split(SEPARATOR, -1);
    List<Source> sources = new ArrayList<>();
    for (int i = 0; i + 1 < parts.length; i += 2) {
      sources.add(new Source(parts[i], Path.of(parts[i + 1])));
    }
    return sources;
  }

  private static void decode(Source source, double secondsMax, Answer answer)
      throws IOException, Refusal {
    try (Recording recording = Recording.open(source.path(), source.formats());
        WavSink wav = new WavSink(Path.of(OUTPUT_FILE))) {
      answer.claimed(recording.secondsClaimed());
      refuseTooLong(recording, secondsMax, Files.size(source.path()));
      recording.decode(WavSink.RATE, secondsMax, wav);
      wav.finish();
      answer.decoded(recording, wav);
    }
  }

  /** Lets a recording that says truly that it is too long go before all of it is decoded. */
  private static void refuseTooLong(Recording recording, double secondsMax, long bytes)
      throws Refusal {
    // Nothing codes sound in less (silence in FLAC takes 190 bytes/s): a file that claims more
    // length than its size can hold is damaged, and decoding shows what there is.
    double bytesPerSecondMin = 100;
    double claimed = recording.secondsClaimed();
    if (claimed > secondsMax && bytes / claimed >= bytesPerSecondMin) {
      throw Refusal.tooLong(secondsMax);
    }
  }

  private static void join(List<Source> sources, double secondsMax, Answer answer)
      throws IOException, Refusal {
    try (OpusSink ogg = new OpusSink(OUTPUT_FILE)) {
      for (int i = 0; i < sources.size(); i++) {
        Source source = sources.get(i);
        try (Recording recording = Recording.open(source.path(), source.formats())) {
          recording.decode(OpusSink.RATE, secondsMax - ogg.seconds(), ogg);
        } catch (Refusal refusal) {
          throw refusal.of("recording " + (i + 1) + " of " + sources.size());
        }
      }
      ogg.finish();
      answer.joined(ogg.seconds());
    }
  }
}
