package dev.talkmill.bench;

import dev.talkmill.jobs.JobSystem.Core;
import dev.talkmill.jobs.intake.Accepted;
import dev.talkmill.jobs.intake.NewChunk;
import dev.talkmill.jobs.intake.NewConversation;
import dev.talkmill.jobs.intake.OpenConversation;
import dev.talkmill.jobs.tenant.Project;
import dev.talkmill.jobs.tenant.Projects;
import dev.talkmill.jobs.tenant.Tenants;
import dev.talkmill.pipeline.chunk.ChunkSource;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.UUID;

/** What the door does behind HTTP: whatever it has taken is durable when a call returns. */
final class FrontDoor {

  private final Core core;

  FrontDoor(Core core) {
    this.core = core;
  }

  /** A tenant with one project. */
  record Home(UUID tenant, UUID project) {}

  Home home(String name) {
    UUID tenant = new Tenants(core.database(), core.clock()).create(name).id();
    UUID project = UUID.randomUUID();
    new Projects(core.database())
        .put(tenant, project, new Project.Wishes(name, "en", List.of(), false, false));
    return new Home(tenant, project);
  }

  UUID conversation(Home home) {
    return new OpenConversation(core.database(), core.clock())
        .open(new NewConversation(home.tenant(), home.project(), null, null, List.of()))
        .orElseThrow();
  }

  /** Takes a {@link Slice} in; a client would be told 202 when this returns. */
  UUID accept(Home home, UUID conversation, ChunkSource source) {
    core.spool().refresh();
    Accepted accepted =
        core.intake()
            .accept(
                new NewChunk(
                    home.tenant(),
                    conversation,
                    source,
                    null,
                    null,
                    "audio/webm",
                    Slice.BYTES.length,
                    Slice.SHA256,
                    () -> new ByteArrayInputStream(Slice.BYTES),
                    null));
    if (accepted instanceof Accepted.Taken taken) {
      return taken.chunk().id();
    }
    throw new IllegalStateException("not taken: " + accepted);
  }

  void finish(Home home, UUID conversation) {
    if (!core.steering().finish(home.tenant(), conversation, null)) {
      throw new IllegalStateException("no such conversation");
    }
  }
}
