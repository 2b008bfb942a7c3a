package dev.talkmill.worker.wiring;

import dev.talkmill.config.IntakeSettings;
import dev.talkmill.config.ProcessSettings;
import dev.talkmill.jobs.JobSystem.Core;
import dev.talkmill.jobs.conversation.ChunkTranscripts;
import dev.talkmill.jobs.conversation.Chunks;
import dev.talkmill.jobs.conversation.Conversations;
import dev.talkmill.jobs.intake.Intake;
import dev.talkmill.jobs.intake.SpoolBudget;
import dev.talkmill.jobs.intake.Steering;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.stage.Recordings;
import dev.talkmill.jobs.stage.Scratch;
import dev.talkmill.jobs.sweep.ExpireUploads;
import dev.talkmill.jobs.sweep.Sweep;
import dev.talkmill.jobs.tenant.BootstrapKey;
import dev.talkmill.pipeline.prepare.AudioDecoder;
import dev.talkmill.pipeline.store.ObjectStore;
import dev.talkmill.worker.http.PlayableAudio;
import dev.talkmill.worker.playable.JoinedAudio;
import dev.talkmill.worker.settings.Settings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the HTTP door needs of the core. */
@Configuration(proxyBeanMethods = false)
class DoorWiring {

  @Bean
  ProcessSettings processSettings(Settings settings) {
    return settings.process();
  }

  @Bean
  IntakeSettings intakeSettings(Settings settings) {
    return settings.intake();
  }

  @Bean
  Intake intake(Core core) {
    return core.intake();
  }

  @Bean
  Steering steering(Core core) {
    return core.steering();
  }

  @Bean
  SpoolBudget spoolBudget(Core core) {
    return core.spool();
  }

  @Bean
  Conversations conversations(Core core) {
    return core.conversations();
  }

  @Bean
  Chunks chunks(Core core) {
    return core.chunks();
  }

  @Bean
  ChunkTranscripts chunkTranscripts(Core core) {
    return core.results();
  }

  @Bean
  PlayableAudio playableAudio(
      Core core, Recordings recordings, Scratch scratch, AudioDecoder decoder, ObjectStore store) {
    return new JoinedAudio(core.database(), core.chunks(), recordings, scratch, decoder, store);
  }

  @Bean
  Sweep uploadSweep(Core core, ObjectStore store) {
    return new ExpireUploads(core.database(), store);
  }

  @Bean
  BootstrapKey bootstrapKey(Database database, AdminKey key) {
    BootstrapKey bootstrap = new BootstrapKey(database);
    bootstrap.ensure(key.value());
    return bootstrap;
  }
}
