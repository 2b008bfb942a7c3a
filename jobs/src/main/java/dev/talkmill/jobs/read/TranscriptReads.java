package dev.talkmill.jobs.read;

import dev.talkmill.jobs.conversation.ChunkTranscripts;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Json;
import dev.talkmill.pipeline.aggregate.ChunkResult;
import dev.talkmill.pipeline.aggregate.Timeline;
import dev.talkmill.pipeline.aggregate.Transcript;
import dev.talkmill.pipeline.aggregate.Transcript.Gap;
import dev.talkmill.pipeline.aggregate.Transcript.Provenance;
import dev.talkmill.pipeline.chunk.ChunkState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/**
 * Transcripts: kept versions, and what is there already while a conversation is open or has
 * changed.
 */
public final class TranscriptReads {

  private static final TypeReference<List<Gap>> GAPS = new TypeReference<>() {};
  private static final TypeReference<List<Provenance>> PROVENANCE = new TypeReference<>() {};

  /**
   * Chunks that are recognised again have nothing to show meanwhile, so the version before stands
   * until they have ended.
   */
  private static final String CONVERSATION =
      """
      SELECT generation, transcript_generation,
             EXISTS (SELECT FROM conversation_chunk k
                     WHERE k.tenant_id = c.tenant_id AND k.conversation_id = c.id
                       AND k.state = 'OPEN' AND k.revision > 1) AS again
      FROM conversation c WHERE c.tenant_id = :tenant AND c.id = :conversation
      """;

  private static final String KEPT =
      """
      SELECT * FROM transcript
      WHERE tenant_id = :tenant AND conversation_id = :conversation
        AND CASE WHEN CAST(:version AS bigint) IS NULL THEN is_current ELSE version = :version END
      """;

  private final Database database;
  private final ChunkTranscripts chunks;
  private final SegmentReads segments;

  public TranscriptReads(Database database, ChunkTranscripts chunks) {
    this.database = database;
    this.chunks = chunks;
    this.segments = new SegmentReads(database);
  }

  /** What there is to read. */
  public sealed interface Read {
    record Found(TranscriptView transcript) implements Read {}

    record UnknownConversation() implements Read {}

    record UnknownVersion() implements Read {}

    /** No chunk has ended yet. */
    record NotReady() implements Read {}
  }

  /** A kept version as it was made. */
  public Read version(UUID tenant, UUID conversation, long version) {
    return database.inTenant(
        tenant,
        () -> {
          Optional<Standing> standing = standing(conversation);
          if (standing.isEmpty()) {
            return new Read.UnknownConversation();
          }
          return kept(conversation, version, standing.get().generation())
              .<Read>map(Read.Found::new)
              .orElseGet(Read.UnknownVersion::new);
        });
  }

  /** The newest there is. */
  public Read newest(UUID tenant, UUID conversation) {
    return database
        .inTenant(
            tenant, () -> standing(conversation).map(standing -> newest(conversation, standing)))
        .orElseGet(Read.UnknownConversation::new);
  }

  private Read newest(UUID conversation, Standing standing) {
    if (standing.isCurrent() || standing.again()) {
      Optional<TranscriptView> kept = kept(conversation, null, standing.generation());
      if (kept.isPresent()) {
        return new Read.Found(kept.get());
      }
    }
    List<ChunkResult> results = chunks.of(conversation);
    if (results.stream().flatMap(chunk -> chunk.parts().stream()).allMatch(this::isOpen)) {
      return new Read.NotReady();
    }
    Transcript transcript = Timeline.join(results);
    return new Read.Found(
        new TranscriptView(
            conversation,
            0,
            standing.generation(),
            true,
            transcript.language(),
            transcript.text(),
            transcript.gaps(),
            transcript.provenance(),
            transcript.segments()));
  }

  private boolean isOpen(ChunkResult.Part part) {
    return part.state() == ChunkState.OPEN;
  }

  private Optional<Standing> standing(UUID conversation) {
    return database
        .sql()
        .sql(CONVERSATION)
        .param("tenant", database.tenant())
        .param("conversation", conversation)
        .query((row, number) ->
            new Standing(
                row.getLong("generation"),
                row.getLong("transcript_generation"),
                row.getBoolean("again")))
        .optional();
  }

  private Optional<TranscriptView> kept(
      UUID conversation, @Nullable Long version, long generation) {
    return database
        .sql()
        .sql(KEPT)
        .param("tenant", database.tenant())
        .param("conversation", conversation)
        .param("version", version)
        .query((row, number) -> read(row, generation))
        .optional()
        .map(this::withSegments);
  }

  private TranscriptView withSegments(TranscriptView transcript) {
    return new TranscriptView(
        transcript.conversationId(),
        transcript.version(),
        transcript.generation(),
        transcript.provisional(),
        transcript.language(),
        transcript.text(),
        transcript.gaps(),
        transcript.provenance(),
        segments.page(
            database.tenant(),
            transcript.conversationId(),
            transcript.version(),
            -1,
            Integer.MAX_VALUE));
  }

  private static TranscriptView read(ResultSet row, long newest) throws SQLException {
    long generation = row.getLong("generation");
    return new TranscriptView(
        row.getObject("conversation_id", UUID.class),
        row.getLong("version"),
        generation,
        row.getBoolean("is_current") && generation < newest,
        row.getString("language"),
        row.getString("text"),
        Json.readList(row.getString("gaps"), GAPS),
        Json.readList(row.getString("provenance"), PROVENANCE),
        List.of());
  }

  private record Standing(long generation, long transcriptGeneration, boolean again) {
    boolean isCurrent() {
      return transcriptGeneration == generation;
    }
  }
}
