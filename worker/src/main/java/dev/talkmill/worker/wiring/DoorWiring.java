package dev.talkmill.worker.wiring;

import dev.talkmill.jobs.JobSystem.Core;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.stage.Recordings;
import dev.talkmill.jobs.stage.Scratch;
import dev.talkmill.jobs.sweep.Aside;
import dev.talkmill.jobs.sweep.ExpireUploads;
import dev.talkmill.jobs.sweep.Sweep;
import dev.talkmill.jobs.tenant.BootstrapKey;
import dev.talkmill.pipeline.prepare.AudioDecoder;
import dev.talkmill.pipeline.store.ObjectStore;
import dev.talkmill.worker.http.PlayableAudio;
import dev.talkmill.worker.playable.JoinedAudio;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the HTTP door needs of the core. */
@Configuration(proxyBeanMethods = false)
class DoorWiring {

  @Bean
  PlayableAudio playableAudio(
      Core core, Recordings recordings, Scratch scratch, AudioDecoder decoder, ObjectStore store) {
    return new JoinedAudio(core.database(), core.chunks(), recordings, scratch, decoder, store);
  }

  @Bean
  Sweep uploadSweep(Core core, ObjectStore store) {
    return new Aside(new ExpireUploads(core.database(), store));
  }

  @Bean
  BootstrapKey bootstrapKey(Database database, AdminKey key) {
    BootstrapKey bootstrap = new BootstrapKey(database);
    bootstrap.ensure(key.value());
    return bootstrap;
  }
}
