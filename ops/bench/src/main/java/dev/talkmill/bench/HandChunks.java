package dev.talkmill.bench;

import dev.talkmill.jobs.postgres.Json;
import dev.talkmill.jobs.stage.Scratch;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.prepare.AudioDecoder;
import dev.talkmill.pipeline.prepare.DecodedAudio;
import dev.talkmill.pipeline.store.ObjectKeys;
import dev.talkmill.pipeline.store.ObjectStore;
import dev.talkmill.pipeline.transcribe.Recognition;
import dev.talkmill.pipeline.transcribe.Recognition.SpeechSegment;
import dev.talkmill.pipeline.transcribe.SpeechEngine;
import dev.talkmill.pipeline.transcribe.SpeechGuard;
import dev.talkmill.pipeline.transcribe.SpeechRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** The stages of a chunk, by hand; see {@link HandWork}. */
final class HandChunks {

  private static final String FIND =
      """
      SELECT k.sha256, k.media_type, k.bytes, coalesce(k.seconds, 0)
      FROM conversation_chunk k
      JOIN conversation c ON c.tenant_id = k.tenant_id AND c.id = k.conversation_id
      WHERE k.tenant_id = ? AND k.id = ?
      """;

  private static final String READ_SPOOL =
      "SELECT body FROM chunk_spool WHERE tenant_id = ? AND chunk_id = ?";

  private static final String STORED =
      """
      UPDATE conversation_chunk SET storage_key = ?, updated_at = clock_timestamp()
      WHERE tenant_id = ? AND id = ?
      """;

  private static final String DROP_SPOOL =
      "DELETE FROM chunk_spool WHERE tenant_id = ? AND chunk_id = ?";

  private static final String PREPARED =
      """
      UPDATE conversation_chunk
      SET seconds = ?, owned_start = 0, owned_end = ?, media_type = ?,
          updated_at = clock_timestamp()
      WHERE tenant_id = ? AND id = ?
      """;

  private static final String FIRST =
      """
      SELECT id FROM conversation_chunk
      WHERE tenant_id = ? AND conversation_id = ? AND parent_id IS NULL
        AND source <> 'PORTAL_TEXT'
      ORDER BY coalesce(sequence, ordinal), ordinal LIMIT 1
      """;

  private static final String EARLY =
      """
      SELECT p.id FROM conversation_chunk k
      JOIN processing_status p
        ON p.tenant_id = k.tenant_id AND p.subject_id = k.id AND p.generation = k.revision
      WHERE k.tenant_id = ? AND k.conversation_id = ? AND k.state = 'FAILED'
        AND p.stage = 'PREPARE' AND p.state = 'FAILED'
      """;

  private static final String ENDED =
      """
      UPDATE conversation_chunk SET state = 'TRANSCRIBED', updated_at = clock_timestamp()
      WHERE tenant_id = ? AND id = ? AND revision = ?
      """;

  private static final String RESULT =
      """
      INSERT INTO chunk_transcript
        (tenant_id, chunk_id, revision, language, text, segments, dropped, provider, model, attempt,
         cost_micros)
      VALUES (?, ?, ?, ?, ?, CAST(? AS jsonb), CAST(? AS jsonb), ?, ?, 1, 0)
      """;

  private final Jdbc jdbc;
  private final Scratch scratch;
  private final HandWork work;
  private final ObjectStore store = FakeStores.empty();
  private final AudioDecoder decoder = Fakes.decoder();
  private final SpeechEngine speech = Fakes.speech(Duration.ZERO);

  HandChunks(Jdbc jdbc, Scratch scratch, HandWork work) {
    this.jdbc = jdbc;
    this.scratch = scratch;
    this.work = work;
  }

  private record Chunk(String sha256, String mediaType, long bytes, double seconds) {
    static Chunk read(ResultSet row) throws SQLException {
      return new Chunk(row.getString(1), row.getString(2), row.getLong(3), row.getDouble(4));
    }
  }

  private Chunk find(HandRow row) throws SQLException {
    return jdbc.query(Chunk::read, FIND, row.tenant(), row.subject()).getFirst();
  }

  HandRow store(HandRow row) throws SQLException {
    Chunk chunk = find(row);
    byte[] body =
        jdbc.query(found -> found.getBytes(1), READ_SPOOL, row.tenant(), row.subject()).getFirst();
    String key = ObjectKeys.chunk(row.tenant(), row.conversation(), row.subject());
    Path original = scratch.original(row.subject());
    write(body, original);
    store.putIfAbsent(key, () -> open(original), chunk.bytes(), chunk.sha256(), chunk.mediaType());
    return jdbc.inTransaction(connection -> {
      HandConversation.lock(connection, row.tenant(), row.conversation());
      Jdbc.updateOne(connection, STORED, key, row.tenant(), row.subject());
      Jdbc.updateOne(connection, DROP_SPOOL, row.tenant(), row.subject());
      row.complete(connection);
      return row.then(Stage.PREPARE).insertClaimed(connection);
    });
  }

  private void write(byte[] body, Path original) {
    try {
      Path making = scratch.temporary();
      Files.write(making, body);
      scratch.publish(making, original);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static java.io.InputStream open(Path file) {
    try {
      return Files.newInputStream(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  HandRow prepare(HandRow row) throws SQLException {
    find(row);
    Path making = scratch.temporary();
    DecodedAudio audio = decoder.decode(scratch.original(row.subject()), making);
    scratch.publish(making, scratch.wav(row.subject()));
    return jdbc.inTransaction(connection -> {
      HandConversation.lock(connection, row.tenant(), row.conversation());
      Jdbc.updateOne(
          connection,
          PREPARED,
          audio.seconds(),
          audio.seconds(),
          audio.mediaType(),
          row.tenant(),
          row.subject());
      lookForEarly(connection, row);
      row.complete(connection);
      return row.then(Stage.TRANSCRIBE).insertClaimed(connection);
    });
  }

  private static void lookForEarly(Connection connection, HandRow row) throws SQLException {
    UUID first =
        Jdbc.query(
                connection,
                found -> found.getObject(1, UUID.class),
                FIRST,
                row.tenant(),
                row.conversation())
            .getFirst();
    if (first.equals(row.subject())
        && !Jdbc.query(connection, found -> true, EARLY, row.tenant(), row.conversation())
            .isEmpty()) {
      throw new IllegalStateException("no slice fails here");
    }
  }

  /** What is due after it: the conversation's first row, or nothing. */
  List<HandRow> transcribe(HandRow row) throws SQLException {
    double seconds = find(row).seconds();
    HandProject project = HandProject.find(jdbc, row);
    SpeechRequest request =
        new SpeechRequest(
            scratch.wav(row.subject()),
            seconds,
            project.language(),
            project.keyTerms(),
            Duration.ofMinutes(5),
            done -> {});
    HandWork.Answered<Recognition> heard =
        work.call(row, speech.provider(), speech.model(), seconds, () -> speech.recognize(request));
    SpeechGuard.Screened guarded = SpeechGuard.screen(heard.answer());
    List<HandRow> due =
        jdbc.inTransaction(connection -> {
          HandConversation conversation =
              HandConversation.lock(connection, row.tenant(), row.conversation());
          HandWork.done(connection, row, heard);
          Jdbc.updateOne(connection, ENDED, row.tenant(), row.subject(), row.generation());
          HandConversation changed = conversation.changed(connection);
          insert(connection, row, guarded);
          row.complete(connection);
          List<HandRow> rows = changed.due(connection);
          work.enqueue(connection, rows);
          return rows;
        });
    scratch.forget(row.subject());
    return due;
  }

  private void insert(Connection connection, HandRow row, SpeechGuard.Screened guarded)
      throws SQLException {
    List<SpeechSegment> segments = guarded.kept().segments();
    Jdbc.updateOne(
        connection,
        RESULT,
        row.tenant(),
        row.subject(),
        row.generation(),
        guarded.kept().language(),
        String.join(" ", segments.stream().map(SpeechSegment::text).toList()),
        Json.write(segments),
        Json.write(guarded.dropped()),
        speech.provider(),
        guarded.kept().model());
  }
}
