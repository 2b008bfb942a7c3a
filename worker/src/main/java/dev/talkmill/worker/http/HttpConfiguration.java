package dev.talkmill.worker.http;

import dev.talkmill.jobs.JobSystem.Core;
import dev.talkmill.jobs.erase.Erasing;
import dev.talkmill.jobs.intake.OpenConversation;
import dev.talkmill.jobs.intake.PresignedUploads;
import dev.talkmill.jobs.pause.PauseReads;
import dev.talkmill.jobs.pause.Pauses;
import dev.talkmill.jobs.read.ConversationReads;
import dev.talkmill.jobs.read.EventReads;
import dev.talkmill.jobs.read.LedgerReads;
import dev.talkmill.jobs.read.SegmentReads;
import dev.talkmill.jobs.read.TranscriptReads;
import dev.talkmill.jobs.tenant.ApiKeys;
import dev.talkmill.jobs.tenant.Projects;
import dev.talkmill.jobs.tenant.Tenants;
import dev.talkmill.pipeline.store.ObjectStore;
import dev.talkmill.worker.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.multipart.MultipartResolver;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * The whole door. It needs beans of the types of the parameters below, and Spring Boot's servlet
 * server; everything else of it is made here.
 */
@Configuration(proxyBeanMethods = false)
public class HttpConfiguration {

  @Bean
  DoorServer doorServer(Settings settings) {
    return new DoorServer(settings.intake());
  }

  @Bean
  FilterRegistrationBean<DoorFilter> doorFilter() {
    FilterRegistrationBean<DoorFilter> filter = new FilterRegistrationBean<>(new DoorFilter());
    filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
    return filter;
  }

  @Bean(DispatcherServlet.MULTIPART_RESOLVER_BEAN_NAME)
  MultipartResolver multipartResolver() {
    return new NoForms();
  }

  @Bean
  Authenticator authenticator(Core core) {
    return new Authenticator(new ApiKeys(core.database(), core.clock()), System::nanoTime);
  }

  @Bean
  DoorMvc doorMvc(Authenticator authenticator) {
    return new DoorMvc(new ScopeCheck(authenticator));
  }

  @Bean
  ProblemAdvice problemAdvice() {
    return new ProblemAdvice(new ProblemWriter());
  }

  @Bean
  ErrorDoor errorDoor() {
    return new ErrorDoor(new ProblemWriter());
  }

  @Bean
  OpenApiDoor openApiDoor(Settings settings) throws IOException {
    return OpenApiDoor.load(settings.process().publicUrl());
  }

  @Bean
  Links links(Settings settings) {
    return new Links(settings.process().publicUrl());
  }

  @Bean
  TenantDoor tenantDoor(Core core) {
    return new TenantDoor(
        new Tenants(core.database(), core.clock()),
        new ApiKeys(core.database(), core.clock()),
        core.clock());
  }

  @Bean
  ProjectDoor projectDoor(Core core, Links links) {
    return new ProjectDoor(new Projects(core.database()), core.clock(), links);
  }

  @Bean
  ConversationReads conversationReads(Core core, Pauses pauses) {
    return new ConversationReads(core.database(), pauses.holds().providers());
  }

  @Bean
  ConversationDoor conversationDoor(
      Core core, ConversationReads conversations, Erasing erasing, Links links) {
    return new ConversationDoor(
        new Projects(core.database()),
        new OpenConversation(core.database(), core.clock()),
        conversations,
        core.steering(),
        erasing,
        links);
  }

  @Bean
  RateLimits rateLimits(Settings settings) {
    return new RateLimits(settings.intake().chunksPerMinute(), System::nanoTime);
  }

  @Bean
  ScratchFolder scratchFolder(Settings settings, Core core) throws IOException {
    Path folder = settings.process().dataDir().resolve("scratch").resolve("intake");
    return ScratchFolder.open(
        folder, settings.intake().bodyTimeout(), core.clock(), System::nanoTime);
  }

  @Bean
  ChunkDoor chunkDoor(
      Core core, Erasing erasing, ScratchFolder scratch, RateLimits limits, Settings settings) {
    return new ChunkDoor(core.intake(), core.spool(), erasing, scratch, limits, settings.intake());
  }

  @Bean
  UploadDoor uploadDoor(Core core, ObjectStore store, RateLimits limits, Settings settings) {
    PresignedUploads uploads =
        new PresignedUploads(
            core.database(),
            core.conversations(),
            core.chunks(),
            core.intake(),
            store,
            settings.intake(),
            core.clock());
    return new UploadDoor(uploads, limits, settings.intake());
  }

  @Bean
  TranscriptDoor transcriptDoor(Core core, ConversationReads conversations) {
    return new TranscriptDoor(
        new TranscriptReads(core.database(), core.results()),
        new SegmentReads(core.database()),
        conversations);
  }

  @Bean
  AudioDoor audioDoor(PlayableAudio audio, ObjectStore store) {
    return new AudioDoor(audio, store);
  }

  @Bean
  LedgerDoor ledgerDoor(Core core, ConversationReads conversations, Pauses pauses) {
    return new LedgerDoor(
        new LedgerReads(core.database(), pauses.holds().providers()),
        conversations,
        core.steering());
  }

  @Bean
  PauseDoor pauseDoor(Core core, Pauses pauses) {
    return new PauseDoor(pauses, new PauseReads(core.database()));
  }

  @Bean
  EventStreams eventStreams(
      Core core, ConversationReads conversations, Authenticator authenticator) {
    return new EventStreams(
        new EventReads(core.database()), conversations, authenticator, System::nanoTime);
  }

  @Bean
  EventDoor eventDoor(ConversationReads conversations, EventStreams streams) {
    return new EventDoor(conversations, streams);
  }
}
