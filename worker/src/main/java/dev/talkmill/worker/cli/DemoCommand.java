package dev.talkmill.worker.cli;

import dev.talkmill.config.ProcessSettings;
import java.io.PrintStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;

/** Sends the bundled conversation through a worker of its own and shows what comes out. */
final class DemoCommand {

  private final Context context;
  private final PrintStream out;
  private final Ink ink;

  DemoCommand(Context context) {
    this.context = context;
    this.out = context.terminal().out();
    this.ink = context.terminal().outInk();
  }

  ExitCode run(List<String> args) {
    Arguments arguments = Arguments.parse(args, Set.of());
    arguments.refuseWords("demo");
    SampleConversation sample = SampleConversation.load(context.sample());
    Instant begun = context.clock().instant();
    out.println("Starting a worker with everything it needs ...");
    out.flush();
    try (WorkerSession session = WorkerSession.open(context, arguments)) {
      out.println("  ready after " + since(begun));
      out.println("  HTTP door  " + session.worker().door());
      out.println("  Dashboard  " + session.worker().dashboard() + " (while this runs)");
      out.println("             user admin, password " + session.dashboardPassword());
      Snapshot settled = journey(session, sample);
      print(session.door(), settled);
      out.println();
      out.println("Done after " + since(begun) + ". What next:");
      out.println("  ./talkmill transcribe FILE...   with recordings of your own");
      out.println("  ./talkmill serve                to keep the worker and its data; its");
      out.println("                                  dashboard is at " + dashboardOfServe());
      return Explanation.exitCode(settled.conversation());
    }
  }

  private Snapshot journey(WorkerSession session, SampleConversation sample) {
    DoorClient door = session.door();
    Instant begun = context.clock().instant();
    String project = door.createProject(sample.name(), sample.language());
    String conversation = door.createConversation(project, sample.participant());
    int sequence = 0;
    for (SampleConversation.Chunk chunk : sample.chunks()) {
      byte[] bytes = chunk.bytes();
      door.sendChunk(
          conversation,
          sequence++,
          chunk.mediaType(),
          bytes.length,
          () -> BodyPublishers.ofByteArray(bytes));
    }
    door.finish(conversation, sample.chunks().size());
    out.println(
        "Sent \""
            + sample.name()
            + "\" in "
            + sample.chunks().size()
            + " pieces in "
            + since(begun));
    out.println();
    return session
        .follower()
        .untilSettled(conversation, new StageProgress(context.terminal(), context.clock()));
  }

  private void print(DoorClient door, Snapshot settled) {
    ConversationView conversation = settled.conversation();
    out.println();
    field("Title", conversation.title());
    field("Summary", conversation.summary());
    field("Outcome", conversation.outcome());
    field(
        "Sound",
        String.format(
            Locale.ROOT,
            "%.1f s received, %.1f s transcribed",
            conversation.audioSecondsReceived(),
            conversation.audioSecondsTranscribed()));
    Explanation.of("The sample", settled).forEach(out::println);
    out.println();
    out.println(ink.strong("Transcript"));
    door.transcript(conversation.id()).segments().forEach(this::print);
    out.println();
    out.println(ink.strong("Time per stage"));
    StageTally.of(settled.rows()).stream()
        .filter(tally -> tally.total() > 0)
        .forEach(tally ->
            out.printf(
                Locale.ROOT,
                "  %-12s %9s in %d %s%n",
                tally.stage(),
                Times.seconds(tally.busy()),
                tally.total(),
                tally.total() == 1 ? "step" : "steps"));
    out.flush();
  }

  private void field(String name, @Nullable String value) {
    out.println(
        ink.strong(String.format(Locale.ROOT, "%-8s", name))
            + " "
            + (value == null || value.isBlank() ? "none" : Plain.line(value)));
  }

  private void print(TranscriptView.Segment segment) {
    Double start = segment.start();
    Double end = segment.end();
    String time =
        start == null || end == null
            ? "[written]"
            : "[" + Times.clock(start) + " - " + Times.clock(end) + "]";
    String speaker = segment.speaker() == null ? "" : Plain.line(segment.speaker()) + ": ";
    out.println(
        "  "
            + String.format(Locale.ROOT, "%-15s", time)
            + " "
            + speaker
            + Plain.line(segment.text()));
  }

  private String since(Instant begun) {
    return Times.seconds(Duration.between(begun, context.clock().instant()));
  }

  /** Where it is with nothing set. */
  private static String dashboardOfServe() {
    ProcessSettings defaults =
        new Binder().bindOrCreate("talkmill", Bindable.of(ProcessSettings.class));
    return "http://localhost:" + defaults.dashboardPort();
  }
}
