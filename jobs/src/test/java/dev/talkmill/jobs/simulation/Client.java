package dev.talkmill.jobs.simulation;

import dev.talkmill.jobs.intake.Accepted;
import dev.talkmill.jobs.intake.NewChunk;
import dev.talkmill.jobs.intake.NewText;
import dev.talkmill.jobs.intake.PresignedUploads;
import dev.talkmill.jobs.intake.PresignedUploads.Confirmed;
import dev.talkmill.jobs.pause.Pause;
import dev.talkmill.jobs.pause.Pauses;
import dev.talkmill.jobs.simulation.Op.Pausable;
import dev.talkmill.jobs.simulation.Told.Taken;
import dev.talkmill.pipeline.chunk.ChunkSource;
import java.io.ByteArrayInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * Hosts and operators. What is not answered is asked again until it is, a chunk under the same
 * idempotency key (K2); only what was answered enters the model.
 */
final class Client {

  private static final int TRIES_MAX = 10;
  private static final int CONVERSATIONS = 3;

  private final Ground ground;
  private final Cluster cluster;
  private final List<Told> conversations = new ArrayList<>();
  private final List<Pending> uploads = new ArrayList<>();

  Client(Ground ground, Cluster cluster) {
    this.ground = ground;
    this.cluster = cluster;
    for (int i = 0; i < CONVERSATIONS; i++) {
      conversations.add(open(i));
    }
  }

  /** Two tenants, and ids that are the same in every run. */
  private Told open(int number) {
    UUID tenant = new UUID(0x7E4A47L, 1 + number % 2);
    UUID project = new UUID(0x9203EC7L, 1 + number % 2);
    UUID conversation = new UUID(0xC02E5A7L, 1 + number);
    ground
        .owner()
        .sql("INSERT INTO tenant (id, name) VALUES (?, 'a tenant') ON CONFLICT DO NOTHING")
        .params(tenant)
        .update();
    ground
        .owner()
        .sql(
            """
            INSERT INTO project (tenant_id, id, name) VALUES (?, ?, 'a project')
            ON CONFLICT DO NOTHING
            """)
        .params(tenant, project)
        .update();
    ground
        .owner()
        .sql("INSERT INTO conversation (tenant_id, id, project_id) VALUES (?, ?, ?)")
        .params(tenant, conversation, project)
        .update();
    return new Told(tenant, conversation);
  }

  List<Told> conversations() {
    return List.copyOf(conversations);
  }

  private Told at(int place) {
    return conversations.get(place % conversations.size());
  }

  /** Asks until there is an answer. */
  private <T> T ask(Function<Node, T> request) {
    AtomicReference<T> answer = new AtomicReference<>();
    for (int i = 0; i < TRIES_MAX; i++) {
      Node node = cluster.at(0);
      if (cluster.request(() -> answer.set(request.apply(node)))) {
        return answer.get();
      }
    }
    throw new AssertionError("a client was not answered in " + TRIES_MAX + " tries");
  }

  void send(int conversation, Recording kind, int number) {
    Told told = at(conversation);
    Accepted accepted = ask(node -> accept(node, told, kind, number));
    switch (accepted) {
      case Accepted.Taken taken -> told.taken(new Taken(taken.chunk().id(), kind, number));
      case Accepted.UnknownConversation _ when told.isErased() -> {}
      case Accepted.UnknownConversation _, Accepted.KeyReused _, Accepted.SpoolFull _ ->
          throw new AssertionError("a chunk was answered with " + accepted);
    }
  }

  private record Pending(Told told, UUID upload, Recording kind, int number) {}

  void upload(int conversation, Recording kind, int number) {
    Told told = at(conversation);
    byte[] bytes = kind.bytes(number);
    PresignedUploads.Announced file =
        new PresignedUploads.Announced(
            told.tenant(), told.id(), bytes.length, "audio/wav", null, null);
    Optional<PresignedUploads.Begun> begun = ask(node -> node.uploads().begin(file));
    if (begun.isEmpty() && !told.isErased()) {
      throw new AssertionError("an upload was not begun");
    }
    begun.ifPresent(upload -> {
      upload.parts().forEach(part -> ground.bucket().receive(part.url(), bytes));
      uploads.add(new Pending(told, upload.id(), kind, number));
    });
  }

  /** Also one that was confirmed before: it is the same chunk as then. */
  void confirm(int pick) {
    if (uploads.isEmpty()) {
      return;
    }
    Pending one = uploads.get(pick % uploads.size());
    Told told = one.told();
    Confirmed confirmed = ask(node -> node.uploads().complete(told.tenant(), one.upload()));
    boolean right =
        switch (confirmed) {
          case Confirmed.Taken taken ->
              told.confirmed(one.upload(), new Taken(taken.chunk().id(), one.kind(), one.number()));
          case Confirmed.Unknown _ -> told.isErased() || told.isErased(one.upload());
          case Confirmed.Expired _ -> !told.isConfirmed(one.upload());
          case Confirmed.Incomplete _ -> false;
        };
    if (!right) {
      throw new AssertionError("an upload was answered with " + confirmed);
    }
  }

  private static Accepted accept(Node node, Told told, Recording kind, int number) {
    byte[] bytes = kind.bytes(number);
    String key = "upload " + number;
    if (kind == Recording.TEXT) {
      String text = kind.words(number).getFirst();
      return node.core()
          .intake()
          .accept(new NewText(told.tenant(), told.id(), null, null, text, sha256(bytes), key));
    }
    return node.core()
        .intake()
        .accept(
            new NewChunk(
                told.tenant(),
                told.id(),
                ChunkSource.PORTAL_AUDIO,
                null,
                null,
                "audio/wav",
                bytes.length,
                sha256(bytes),
                () -> new ByteArrayInputStream(bytes),
                key));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  void finish(int conversation) {
    Told told = at(conversation);
    ask(node -> node.core().steering().finish(told.tenant(), told.id(), null));
  }

  void retranscribe(int conversation) {
    Told told = at(conversation);
    ask(node -> node.core().steering().retranscribe(told.tenant(), told.id()));
  }

  void summarize(int conversation) {
    Told told = at(conversation);
    ask(node -> node.core().steering().summarize(told.tenant(), told.id()));
  }

  private record Failed(UUID tenant, UUID row) {}

  /** An operator has one of the rows that have FAILED done again. */
  void requeue(int pick) {
    List<Failed> failed =
        ground
            .owner()
            .sql("SELECT tenant_id, id FROM processing_status WHERE state = 'FAILED' ORDER BY id")
            .query((row, number) ->
                new Failed(row.getObject(1, UUID.class), row.getObject(2, UUID.class)))
            .list();
    if (!failed.isEmpty()) {
      Failed one = failed.get(pick % failed.size());
      ask(node -> node.core().steering().requeue(one.tenant(), one.row()));
    }
  }

  void eraseChunk(int conversation, int pick) {
    Told told = at(conversation);
    List<Taken> chunks = told.chunks();
    if (!chunks.isEmpty() && !told.isErased()) {
      UUID chunk = chunks.get(pick % chunks.size()).chunk();
      ask(node -> node.erasing().eraseChunk(told.tenant(), told.id(), chunk, "client"));
      told.erasedChunk(chunk);
    }
  }

  void eraseConversation(int conversation) {
    Told told = at(conversation);
    ask(node -> node.erasing().eraseConversation(told.tenant(), told.id(), "client"));
    told.erased();
  }

  void pause(Pausable what) {
    ask(node -> node.pauses().pause(target(what), "a rest", operator()));
  }

  void resume(Pausable what) {
    ask(node -> node.pauses().resume(target(what), operator()));
  }

  private Pauses.Target target(Pausable what) {
    return switch (what) {
      case STORE, TRANSCRIBE, AGGREGATE, SUMMARIZE ->
          new Pauses.Target(Pause.Kind.STAGE, what.name());
      case SPEECH_PROVIDER -> new Pauses.Target(Pause.Kind.PROVIDER, Outside.SPEECH);
      case SUMMARY_PROVIDER -> new Pauses.Target(Pause.Kind.PROVIDER, Outside.SUMMARY);
      case ONE_TENANT -> new Pauses.Target(Pause.Kind.TENANT, at(0).tenant().toString());
      case OTHER_TENANT -> new Pauses.Target(Pause.Kind.TENANT, at(1).tenant().toString());
    };
  }

  private Pauses.Operator operator() {
    return new Pauses.Operator("operator", at(0).tenant(), true);
  }
}
