package dev.talkmill.worker.http;

import dev.talkmill.config.IntakeSettings;
import dev.talkmill.config.ProcessSettings;
import dev.talkmill.jobs.conversation.ChunkTranscripts;
import dev.talkmill.jobs.conversation.Chunks;
import dev.talkmill.jobs.conversation.Conversations;
import dev.talkmill.jobs.intake.Eraser;
import dev.talkmill.jobs.intake.Intake;
import dev.talkmill.jobs.intake.OpenConversation;
import dev.talkmill.jobs.intake.PresignedUploads;
import dev.talkmill.jobs.intake.SpoolBudget;
import dev.talkmill.jobs.intake.Steering;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.read.ConversationReads;
import dev.talkmill.jobs.read.EventReads;
import dev.talkmill.jobs.read.LedgerReads;
import dev.talkmill.jobs.read.SegmentReads;
import dev.talkmill.jobs.read.TranscriptReads;
import dev.talkmill.jobs.tenant.ApiKeys;
import dev.talkmill.jobs.tenant.Projects;
import dev.talkmill.jobs.tenant.Tenants;
import dev.talkmill.pipeline.store.ObjectStore;
import java.io.IOException;
import java.time.Clock;
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
  DoorServer doorServer(ProcessSettings process, IntakeSettings intake) {
    return new DoorServer(process, intake);
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
  Authenticator authenticator(Database database, Clock clock) {
    return new Authenticator(new ApiKeys(database, clock), System::nanoTime);
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
  OpenApiDoor openApiDoor() throws IOException {
    return OpenApiDoor.load();
  }

  @Bean
  TenantDoor tenantDoor(Database database, Clock clock) {
    return new TenantDoor(new Tenants(database, clock), new ApiKeys(database, clock), clock);
  }

  @Bean
  ProjectDoor projectDoor(Database database, Clock clock) {
    return new ProjectDoor(new Projects(database), clock);
  }

  @Bean
  ConversationDoor conversationDoor(
      Database database, Steering steering, Eraser eraser, Clock clock) {
    return new ConversationDoor(
        new Projects(database),
        new OpenConversation(database, clock),
        new ConversationReads(database),
        steering,
        eraser);
  }

  @Bean
  RateLimits rateLimits(IntakeSettings intake) {
    return new RateLimits(intake.chunksPerMinute(), System::nanoTime);
  }

  @Bean
  ChunkDoor chunkDoor(
      Intake intake,
      SpoolBudget spool,
      Eraser eraser,
      RateLimits limits,
      IntakeSettings settings,
      ProcessSettings process,
      Clock clock)
      throws IOException {
    ScratchFolder scratch =
        ScratchFolder.open(
            process.dataDir().resolve("scratch").resolve("intake"),
            settings.bodyTimeout(),
            clock,
            System::nanoTime);
    return new ChunkDoor(intake, spool, eraser, scratch, limits, settings);
  }

  @Bean
  UploadDoor uploadDoor(
      Database database,
      Conversations conversations,
      Chunks chunks,
      Intake intake,
      ObjectStore store,
      RateLimits limits,
      IntakeSettings settings,
      Clock clock) {
    PresignedUploads uploads =
        new PresignedUploads(database, conversations, chunks, intake, store, settings, clock);
    return new UploadDoor(uploads, limits, settings);
  }

  @Bean
  TranscriptDoor transcriptDoor(Database database, ChunkTranscripts transcripts) {
    return new TranscriptDoor(
        new TranscriptReads(database, transcripts),
        new SegmentReads(database),
        new ConversationReads(database));
  }

  @Bean
  AudioDoor audioDoor(PlayableAudio audio, ObjectStore store) {
    return new AudioDoor(audio, store);
  }

  @Bean
  LedgerDoor ledgerDoor(Database database, Steering steering) {
    return new LedgerDoor(new LedgerReads(database), new ConversationReads(database), steering);
  }

  @Bean
  EventStreams eventStreams(Database database, Authenticator authenticator) {
    return new EventStreams(
        new EventReads(database), new ConversationReads(database), authenticator, System::nanoTime);
  }

  @Bean
  EventDoor eventDoor(Database database, EventStreams streams) {
    return new EventDoor(new ConversationReads(database), streams);
  }
}
