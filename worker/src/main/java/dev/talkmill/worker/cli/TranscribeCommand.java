package dev.talkmill.worker.cli;

import dev.talkmill.config.SpeechSettings;
import dev.talkmill.worker.settings.Settings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.util.unit.DataSize;

/** Sends recordings through a worker of its own and writes their transcripts. */
final class TranscribeCommand {

  private static final String FORMAT = "format";
  private static final String OUTPUT_DIR = "output-dir";
  private static final String LANGUAGE = "language";
  private static final int NOT_FOUND = 404;

  /** Outcomes without a transcript; an empty file would look like one. */
  private static final Set<String> UNREADABLE = Set.of("failed", "empty");

  private final Context context;
  private final PrintStream err;

  TranscribeCommand(Context context) {
    this.context = context;
    this.err = context.terminal().err();
  }

  ExitCode run(List<String> args) {
    Arguments arguments = Arguments.parse(args, Set.of(FORMAT, OUTPUT_DIR, LANGUAGE));
    TranscriptFormat format =
        TranscriptFormat.of(arguments.option(FORMAT).orElse(TranscriptFormat.TXT.code()));
    if (arguments.words().isEmpty()) {
      throw CommandFailure.usage("Name a recording: ./talkmill transcribe FILE...");
    }
    List<Recording> recordings =
        arguments.words().stream().map(name -> Recording.of(context.directory(), name)).toList();
    Path directory =
        arguments
            .option(OUTPUT_DIR)
            .map(name -> Arguments.path(context.directory(), name))
            .orElse(null);
    TranscriptWriter writer =
        new TranscriptWriter(context.terminal().out(), format, directory, recordings);
    // The door's own limit, so that a changed setting changes both.
    Settings settings = Settings.bind(context.environment(arguments, arguments.settings()));
    DataSize chunkMax = settings.intake().chunkBytesMax();
    String language = arguments.option(LANGUAGE).orElse("en");
    if (settings.speech().provider() == SpeechSettings.Provider.OFFLINE && !isEnglish(language)) {
      err.println(
          "The offline recogniser knows English only and will hear English words. For "
              + Plain.line(language)
              + " set TALKMILL_SPEECH_PROVIDER=openai, see ./talkmill help settings.");
    }
    err.println("Starting a worker ...");
    try (WorkerSession session = WorkerSession.open(context, arguments)) {
      String project = session.door().createProject("Recordings", language);
      Map<Recording, String> sent =
          sendAll(new Sender(session.door(), chunkMax), session.door(), project, recordings);
      ExitCode exitCode = sent.size() < recordings.size() ? ExitCode.RECORDING_FAILED : ExitCode.OK;
      for (Map.Entry<Recording, String> entry : sent.entrySet()) {
        exitCode = exitCode.or(result(session, writer, format, entry));
      }
      return exitCode;
    }
  }

  private static boolean isEnglish(String language) {
    return language.equals("en") || language.startsWith("en-");
  }

  /** All are sent before the first is waited for, so that the worker can work on all of them. */
  private Map<Recording, String> sendAll(
      Sender sender, DoorClient door, String project, List<Recording> recordings) {
    Map<Recording, String> sent = new LinkedHashMap<>();
    for (Recording recording : recordings) {
      try (RecordingProgress progress = progress(recording)) {
        String conversation = door.createConversation(project, recording.stem());
        sender.send(conversation, 0, recording, bytes -> progress.sent(bytes, recording.bytes()));
        door.finish(conversation, 1);
        sent.put(recording, conversation);
      } catch (DoorProblem refused) {
        err.println(recording.name() + ": the worker refused it: " + refused.getMessage());
      }
    }
    return sent;
  }

  private ExitCode result(
      WorkerSession session,
      TranscriptWriter writer,
      TranscriptFormat format,
      Map.Entry<Recording, String> sent) {
    Recording recording = sent.getKey();
    Snapshot settled;
    try (RecordingProgress progress = progress(recording)) {
      settled = session.follower().untilSettled(sent.getValue(), progress::seen);
    }
    Explanation.of(recording.name(), settled).forEach(err::println);
    err.flush();
    if (UNREADABLE.contains(String.valueOf(settled.conversation().outcome()))) {
      return Explanation.exitCode(settled.conversation());
    }
    try {
      writer.write(recording, session.door().transcript(sent.getValue(), format.code()));
    } catch (DoorProblem refused) {
      // What failed or held no speech has no transcript, and that was said above.
      if (refused.status() != NOT_FOUND || "ok".equals(settled.conversation().outcome())) {
        throw refused;
      }
    }
    String summary = settled.conversation().summary();
    if (summary != null) {
      err.println("Summary of " + recording.name() + ": " + Plain.line(summary));
    }
    return Explanation.exitCode(settled.conversation());
  }

  private RecordingProgress progress(Recording recording) {
    return new RecordingProgress(context.terminal(), context.clock(), recording.name());
  }
}
