package dev.talkmill.jobs.pause;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.jobs.pause.Pause.Kind;
import dev.talkmill.jobs.pause.Pauses.Answer;
import dev.talkmill.jobs.pause.Pauses.Operator;
import dev.talkmill.jobs.pause.Pauses.Resumed;
import dev.talkmill.jobs.pause.Pauses.Target;
import dev.talkmill.jobs.read.ConversationReads;
import dev.talkmill.jobs.read.LedgerReads;
import dev.talkmill.jobs.read.WaitingBecause;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.pipeline.ledger.Stage;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who pauses what, what is kept of it, and who reads it. */
class PauseRulesTest {

  private static final Map<Stage, String> PROVIDERS = Map.of(Stage.TRANSCRIBE, Operating.SPEECH);

  private TestDatabase database;
  private Bench bench;
  private Operating operating;
  private Pauses pauses;
  private PauseReads reads;

  @BeforeEach
  void start() {
    database = TestDatabase.fresh();
    bench = new Bench(database);
    operating = new Operating(database, bench);
    pauses = operating.elsewhere(() -> {});
    reads = new PauseReads(database.database());
  }

  @AfterEach
  void stop() {
    database.close();
  }

  @Test
  void aRowSaysWhyItWaitsAndNothingOfOtherTenants() {
    UUID row = Operating.transcription(bench);
    operating.pause(pauses, Operating.tenant(new Bench(database)), "another's");
    assertThat(view(row)).contains("\"waiting_because\": null");
    for (Target target : targets()) {
      operating.pause(pauses, target, "the " + target.kind().code() + " waits");
      assertThat(view(row))
          .contains("\"cause\": \"policy\"")
          .contains("\"kind\": \"%s\"".formatted(target.kind().code()))
          .contains("\"reason\": \"the %s waits\"".formatted(target.kind().code()));
    }
    bench.queue(row);
    assertThat(view(row)).contains("\"waiting_because\": null");
    assertThat(reads.listOf(bench.home().tenant(), null, 10))
        .extracting(Pause::reason)
        .containsExactly("the provider waits", "the stage waits", "the tenant waits");
    assertThat(reads.list(null, 10)).hasSize(4);
  }

  @Test
  void aConversationSaysWhyItWaitsAsLongAsItDoes() {
    UUID conversation = bench.conversation();
    UUID row = bench.only(conversation, bench.chunk(conversation), "TRANSCRIBE").id();
    operating.pause(pauses, Operating.tenant(new Bench(database)), "another's");
    operating.pause(pauses, new Target(Kind.STAGE, "STORE"), "not its own");
    assertThat(waitingBecause(conversation)).isNull();
    for (Target target : targets()) {
      Pause pause = operating.pause(pauses, target, "the " + target.kind().code() + " waits");
      assertThat(waitingBecause(conversation))
          .isEqualTo(
              new WaitingBecause(
                  "policy",
                  target.kind().code(),
                  target.name(),
                  pause.reason(),
                  pause.createdAt()));
    }
    bench.queue(row);
    assertThat(waitingBecause(conversation)).isNull();
  }

  @Test
  void namesThatNobodyKnowsAreRefused() {
    for (Target target :
        List.of(
            new Target(Kind.TENANT, UUID.randomUUID().toString()),
            new Target(Kind.STAGE, "transcribe"),
            new Target(Kind.PROVIDER, "nobody"))) {
      assertThat(pauses.pause(target, "why", operating.operator()))
          .isEqualTo(new Answer.UnknownName());
      assertThat(pauses.resume(target, operating.operator())).isEqualTo(Resumed.UNKNOWN_NAME);
    }
    assertThat(reads.list(null, 10)).isEmpty();
  }

  /** The provider was changed while its pause stood. */
  @Test
  void aPauseOfAProviderThatNobodyCallsAnyMoreCanBeEnded() {
    system(
        """
        INSERT INTO pause (kind, name, reason, created_by, by_installation)
        VALUES ('provider', 'nobody', 'why', 'somebody', true)
        """);
    operating.resume(pauses, new Target(Kind.PROVIDER, "nobody"));
  }

  @Test
  void aTenantsAdministratorEndsNoPauseOfTheInstallation() {
    Target target = Operating.tenant(bench);
    Operator own = new Operator("own", bench.home().tenant(), false);
    assertThat(pauses.pause(target, "theirs", own)).isInstanceOf(Answer.Held.class);
    operating.pause(pauses, target, "ours");
    assertThat(pauses.pause(target, "theirs", own)).isEqualTo(new Answer.OfInstallation());
    assertThat(pauses.resume(target, own)).isEqualTo(Resumed.OF_INSTALLATION);
    assertThat(reads.list(null, 10)).extracting(Pause::reason).containsExactly("ours");
    operating.resume(pauses, target);
  }

  @Test
  void aReasonIsKeptOnOneLineAndWithoutControlCharacters() {
    Target target = new Target(Kind.STAGE, "STORE");
    assertThat(
            operating
                .pause(pauses, target, "\u0000the disk\r\n\u001b[31mis full\u202e \u2028again\t")
                .reason())
        .isEqualTo("the disk [31mis full again");
    String most = "\uD83D\uDE00".repeat(Pause.REASON_CHARS_MAX);
    assertThat(operating.pause(pauses, target, most).reason()).isEqualTo(most);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n ", "\u0000"})
  void aPauseWithoutAReasonIsRefused(String reason) {
    assertThatThrownBy(() -> operating.pause(pauses, new Target(Kind.STAGE, "STORE"), reason))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(reads.list(null, 10)).isEmpty();
  }

  @Test
  void aReasonThatIsTooLongIsRefused() {
    String reason = "x".repeat(Pause.REASON_CHARS_MAX + 1);
    assertThatThrownBy(() -> operating.pause(pauses, new Target(Kind.STAGE, "STORE"), reason))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void soManyTenantsAreHeldAtOnceAndNoMore() {
    Target target = Operating.tenant(bench);
    Target first = Operating.tenant(new Bench(database));
    operating.pause(pauses, first);
    system(
        """
        INSERT INTO pause (kind, name, reason, created_by, by_installation)
        SELECT 'tenant', gen_random_uuid()::text, 'why', 'somebody', false
        FROM generate_series(2, %d)
        """
            .formatted(Pauses.TENANTS_MAX));
    assertThat(pauses.pause(target, "why", operating.operator()))
        .isEqualTo(new Answer.TooMany(Pauses.TENANTS_MAX));
    operating.pause(pauses, first, "another reason");
    operating.pause(pauses, new Target(Kind.STAGE, "STORE"));
    operating.resume(pauses, first);
    operating.pause(pauses, target);
  }

  @Test
  void theAuditLogHasEveryChangeOnceWithTheTenantThatItIsAbout() {
    Operating ours = new Operating(database, new Bench(database));
    Target tenant = Operating.tenant(bench);
    Target stage = new Target(Kind.STAGE, "STORE");
    Pause first = ours.pause(pauses, tenant, "why");
    assertThat(ours.pause(pauses, tenant, "why")).isEqualTo(first);
    assertThat(ours.pause(pauses, tenant, "still").createdAt()).isEqualTo(first.createdAt());
    ours.pause(pauses, stage, "disk");
    ours.resume(pauses, stage);
    assertThat(pauses.resume(stage, ours.operator())).isEqualTo(Resumed.WAS_NOT_PAUSED);

    assertThat(audit(bench.home().tenant()))
        .containsExactly("pause tenant why", "pause tenant still");
    assertThat(audit(ours.bench().home().tenant()))
        .containsExactly("pause stage disk", "resume stage disk");
  }

  private List<Target> targets() {
    return List.of(
        new Target(Kind.PROVIDER, Operating.SPEECH),
        new Target(Kind.STAGE, "TRANSCRIBE"),
        Operating.tenant(bench));
  }

  private String view(UUID row) {
    return new LedgerReads(database.database(), PROVIDERS)
        .find(bench.home().tenant(), row)
        .orElseThrow()
        .json();
  }

  private WaitingBecause waitingBecause(UUID conversation) {
    return new ConversationReads(database.database(), PROVIDERS)
        .find(bench.home().tenant(), conversation)
        .orElseThrow()
        .waitingBecause();
  }

  private List<String> audit(UUID tenant) {
    return database
        .database()
        .inTenant(
            tenant,
            () ->
                database
                    .database()
                    .sql()
                    .sql(
                        """
                        SELECT action || ' ' || (detail ->> 'kind') || ' ' || (detail ->> 'reason')
                        FROM audit_log WHERE actor = 'a test' ORDER BY id
                        """)
                    .query(String.class)
                    .list());
  }

  private void system(String statement) {
    database.database().inSystem(() -> database.database().sql().sql(statement).update());
  }
}
