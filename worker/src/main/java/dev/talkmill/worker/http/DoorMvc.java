package dev.talkmill.worker.http;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.core.Ordered;
import org.springframework.http.MediaType;
import org.springframework.http.converter.ByteArrayHttpMessageConverter;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.http.converter.StringHttpMessageConverter;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.ContentNegotiationConfigurer;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * How requests become calls and results become answers: JSON whatever else is on the class path and
 * whatever the client would accept.
 */
final class DoorMvc implements WebMvcConfigurer, Ordered {

  private final ScopeCheck scopes;

  DoorMvc(ScopeCheck scopes) {
    this.scopes = scopes;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(scopes);
  }

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.add(scopes);
    resolvers.add(new JsonBodyResolver());
  }

  @Override
  public void configureContentNegotiation(ContentNegotiationConfigurer negotiation) {
    negotiation.ignoreAcceptHeader(true).defaultContentType(MediaType.APPLICATION_JSON);
  }

  @Override
  public void configureMessageConverters(HttpMessageConverters.ServerBuilder builder) {
    builder.configureMessageConvertersList(converters -> {
      converters.clear();
      converters.add(new ByteArrayHttpMessageConverter());
      converters.add(new StringHttpMessageConverter(StandardCharsets.UTF_8));
      converters.add(new JacksonJsonHttpMessageConverter(DoorJson.MAPPER));
    });
  }

  /** Last, so that nothing is put before it. */
  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }
}
