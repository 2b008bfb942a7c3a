package dev.talkmill.worker.wiring;

import dev.talkmill.worker.http.HttpConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** All of the process. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({
  ServicesWiring.class,
  PipelineWiring.class,
  DoorWiring.class,
  OperationsWiring.class,
  HttpConfiguration.class
})
class Wiring {}
