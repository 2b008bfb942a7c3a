package dev.talkmill.worker.http;

import dev.talkmill.jobs.tenant.Project;
import dev.talkmill.jobs.tenant.Project.Wishes;
import dev.talkmill.jobs.tenant.Projects;
import dev.talkmill.jobs.tenant.Scope;
import dev.talkmill.pipeline.id.Uuids;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** Projects. Changed wishes hold for what is transcribed from then on. */
@RestController
final class ProjectDoor {

  private static final int NAME_CHARS_MAX = 200;
  private static final int LANGUAGE_CHARS_MAX = 35;
  private static final int KEY_TERMS_MAX = 500;
  private static final int KEY_TERM_CHARS_MAX = 100;
  private static final Pattern LANGUAGE = Pattern.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*");

  private final Projects projects;
  private final InstantSource clock;
  private final Links links;

  ProjectDoor(Projects projects, InstantSource clock, Links links) {
    this.projects = projects;
    this.clock = clock;
    this.links = links;
  }

  /** Everything of a project that can be set; what is left out has its default. */
  record ProjectBody(
      @Nullable String name,
      @Nullable String language,
      @Nullable List<@Nullable String> keyTerms,
      @Nullable Boolean anonymize,
      @Nullable Boolean titleWanted) {

    static ProjectBody of(Wishes wishes) {
      return new ProjectBody(
          wishes.name(),
          wishes.language(),
          List.copyOf(wishes.keyTerms()),
          wishes.anonymize(),
          wishes.titleWanted());
    }

    Wishes checked() {
      return new Wishes(
          Fields.required("name", name, NAME_CHARS_MAX),
          Fields.matching(
              "language",
              language,
              LANGUAGE_CHARS_MAX,
              LANGUAGE,
              "a language tag such as en or nl"),
          Fields.texts("key_terms", keyTerms, KEY_TERMS_MAX, KEY_TERM_CHARS_MAX),
          refusedIfTrue(anonymize),
          titleWanted == null || titleWanted);
    }
  }

  /** A promise that could not be kept must not be taken: nothing redacts transcripts yet. */
  private static boolean refusedIfTrue(@Nullable Boolean anonymize) {
    if (anonymize != null && anonymize) {
      throw new ProblemException(
          ProblemCode.ANONYMIZE_UNAVAILABLE,
          "This version of Talkmill does not redact transcripts yet, so it does not take"
              + " recordings that must be anonymised. Leave anonymize out or set it to false.");
    }
    return false;
  }

  record ProjectView(
      UUID id,
      String name,
      @Nullable String language,
      List<String> keyTerms,
      boolean anonymize,
      boolean titleWanted,
      Instant createdAt,
      Instant updatedAt) {}

  @Requires(Scope.ADMIN)
  @PostMapping("/v1/projects")
  ResponseEntity<ProjectView> create(Caller caller, @JsonBody ProjectBody body) {
    Project project = projects.put(caller.tenant(), Uuids.v7(clock), body.checked()).project();
    return created(project);
  }

  @Requires(Scope.ADMIN)
  @PutMapping("/v1/projects/{id}")
  ResponseEntity<ProjectView> put(
      Caller caller, @PathVariable UUID id, @JsonBody ProjectBody body) {
    Projects.Put put = projects.put(caller.tenant(), id, body.checked());
    return put.created() ? created(put.project()) : ResponseEntity.ok(view(put.project()));
  }

  private ResponseEntity<ProjectView> created(Project project) {
    return ResponseEntity.created(links.project(project.id())).body(view(project));
  }

  /** RFC 7396: fields that are sent replace the project's, null gives one its default back. */
  @Requires(Scope.ADMIN)
  @PatchMapping("/v1/projects/{id}")
  ProjectView patch(Caller caller, @PathVariable UUID id, @JsonBody ObjectNode body) {
    return projects
        .change(caller.tenant(), id, wishes -> merged(wishes, body))
        .map(ProjectDoor::view)
        .orElseThrow(() -> ProblemException.unknown(ProblemCode.UNKNOWN_PROJECT, id));
  }

  @Requires(Scope.READ)
  @GetMapping("/v1/projects/{id}")
  ProjectView get(Caller caller, @PathVariable UUID id) {
    return projects
        .find(caller.tenant(), id)
        .map(ProjectDoor::view)
        .orElseThrow(() -> ProblemException.unknown(ProblemCode.UNKNOWN_PROJECT, id));
  }

  private static Wishes merged(Wishes wishes, ObjectNode patch) {
    ObjectNode tree = DoorJson.MAPPER.valueToTree(ProjectBody.of(wishes));
    tree.setAll(patch);
    return DoorJson.convert(tree, ProjectBody.class).checked();
  }

  private static ProjectView view(Project project) {
    Wishes wishes = project.wishes();
    return new ProjectView(
        project.id(),
        wishes.name(),
        wishes.language(),
        wishes.keyTerms(),
        wishes.anonymize(),
        wishes.titleWanted(),
        project.createdAt(),
        project.updatedAt());
  }
}
