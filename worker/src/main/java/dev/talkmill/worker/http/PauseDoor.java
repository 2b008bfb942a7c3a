package dev.talkmill.worker.http;

import dev.talkmill.jobs.pause.Pause;
import dev.talkmill.jobs.pause.Pause.Kind;
import dev.talkmill.jobs.pause.PauseReads;
import dev.talkmill.jobs.pause.Pauses;
import dev.talkmill.jobs.pause.Pauses.Answer;
import dev.talkmill.jobs.pause.Pauses.Operator;
import dev.talkmill.jobs.pause.Pauses.Target;
import dev.talkmill.jobs.tenant.Scope;
import dev.talkmill.pipeline.ledger.Stage;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Pauses. A tenant's administrator may pause that tenant; stages, providers and other tenants are
 * the installation's, because they are not one tenant's alone.
 */
@RestController
final class PauseDoor {

  private static final int NAME_CHARS_MAX = 100;

  private final Pauses pauses;
  private final PauseReads reads;

  PauseDoor(Pauses pauses, PauseReads reads) {
    this.pauses = pauses;
    this.reads = reads;
  }

  record NewPause(@Nullable String reason) {}

  /** A pause; {@code createdBy} is null where it is not the caller's to know. */
  record PauseView(
      String kind, String name, String reason, @Nullable String createdBy, Instant createdAt) {}

  @Requires({Scope.ADMIN, Scope.INSTALLATION})
  @GetMapping("/v1/pauses")
  Page<PauseView> list(
      Caller caller,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable String limit) {
    int rows = Page.limit(limit);
    Target after = cursor == null ? null : Page.after(cursor, PauseDoor::place);
    List<Pause> found =
        caller.may(Scope.INSTALLATION)
            ? reads.list(after, rows + 1)
            : reads.listOf(caller.tenant(), after, rows + 1);
    return Page.of(
        found,
        rows,
        pause -> pause.kind().code() + ":" + pause.name(),
        pause -> view(pause, caller));
  }

  @Requires({Scope.ADMIN, Scope.INSTALLATION})
  @PutMapping("/v1/pauses/{kind}/{name}")
  PauseView pause(
      Caller caller,
      @PathVariable String kind,
      @PathVariable String name,
      @JsonBody NewPause body) {
    Target target = target(kind, name, caller);
    String said = body.reason() == null ? null : Pause.clean(body.reason());
    String reason = Fields.required("reason", said, Pause.REASON_CHARS_MAX);
    return switch (pauses.pause(target, reason, operator(caller))) {
      case Answer.Held(Pause pause) -> view(pause, caller);
      case Answer.UnknownName _ -> throw unknown(target);
      case Answer.OfInstallation _ -> throw ofInstallation();
      case Answer.TooMany(int most) -> throw tooMany(most);
    };
  }

  @Requires({Scope.ADMIN, Scope.INSTALLATION})
  @DeleteMapping("/v1/pauses/{kind}/{name}")
  ResponseEntity<Void> resume(Caller caller, @PathVariable String kind, @PathVariable String name) {
    Target target = target(kind, name, caller);
    return switch (pauses.resume(target, operator(caller))) {
      case DONE, WAS_NOT_PAUSED -> ResponseEntity.noContent().build();
      case UNKNOWN_NAME -> throw unknown(target);
      case OF_INSTALLATION -> throw ofInstallation();
    };
  }

  private Target target(String kind, String name, Caller caller) {
    Kind known =
        Kind.of(kind)
            .orElseThrow(() ->
                new ProblemException(
                    ProblemCode.UNKNOWN_PAUSE_KIND,
                    "What can be paused is a tenant, a stage or a provider."));
    if (known == Kind.TENANT) {
      UUID tenant = tenant(name);
      if (!tenant.equals(caller.tenant()) && !caller.may(Scope.INSTALLATION)) {
        throw ProblemException.unknown(ProblemCode.UNKNOWN_TENANT, tenant);
      }
      return new Target(known, tenant.toString());
    }
    if (!caller.may(Scope.INSTALLATION)) {
      throw new ProblemException(
          ProblemCode.INSUFFICIENT_SCOPE,
          "A stage or a provider works for every tenant, so that pausing one needs a key with the"
              + " scope \"installation\".");
    }
    Target target = new Target(known, Texts.clean(name));
    if (name.length() > NAME_CHARS_MAX) {
      throw unknown(target);
    }
    return target;
  }

  private static UUID tenant(String name) {
    try {
      return UUID.fromString(name);
    } catch (IllegalArgumentException e) {
      throw new ProblemException(
          ProblemCode.INVALID_ID,
          "A tenant is paused by its id, a UUID such as 0190163d-8694-739b-aea5-966c26f8ad91.");
    }
  }

  private static Target place(String cursor) {
    int colon = cursor.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("not a place in this list");
    }
    return new Target(
        Kind.of(cursor.substring(0, colon)).orElseThrow(IllegalArgumentException::new),
        Texts.clean(cursor.substring(colon + 1)));
  }

  private static Operator operator(Caller caller) {
    return new Operator(caller.actor(), caller.tenant(), caller.may(Scope.INSTALLATION));
  }

  private static PauseView view(Pause pause, Caller caller) {
    boolean shown = caller.may(Scope.INSTALLATION) || !pause.byInstallation();
    return new PauseView(
        pause.kind().code(),
        pause.name(),
        pause.reason(),
        shown ? pause.createdBy() : null,
        pause.createdAt());
  }

  private ProblemException unknown(Target target) {
    return switch (target.kind()) {
      case TENANT ->
          new ProblemException(
              ProblemCode.UNKNOWN_TENANT, "There is no tenant " + target.name() + ".");
      case STAGE ->
          new ProblemException(
              ProblemCode.UNKNOWN_STAGE,
              "The stages are %s."
                  .formatted(
                      Arrays.stream(Stage.values())
                          .map(Stage::name)
                          .collect(Collectors.joining(", "))));
      case PROVIDER ->
          new ProblemException(
              ProblemCode.UNKNOWN_PROVIDER,
              "The providers that this process calls are %s."
                  .formatted(
                      pauses.holds().providers().values().stream()
                          .distinct()
                          .sorted()
                          .collect(Collectors.joining(", "))));
    };
  }

  private static ProblemException tooMany(int most) {
    return new ProblemException(
        ProblemCode.TOO_MANY_PAUSES,
        "%d tenants are paused, which is as many as may be at once; a stage can be paused for all."
            .formatted(most));
  }

  private static ProblemException ofInstallation() {
    return new ProblemException(
        ProblemCode.INSUFFICIENT_SCOPE,
        "An operator of the installation has paused this tenant; only a key with the scope"
            + " \"installation\" changes or ends that.");
  }
}
