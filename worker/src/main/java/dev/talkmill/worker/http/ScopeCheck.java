package dev.talkmill.worker.http;

import dev.talkmill.jobs.tenant.Scope;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Lets a request in only with a key that has the route's scope, before anything of its body is
 * read. A route of the door that says neither what it needs nor that it is open is a defect and is
 * refused.
 */
final class ScopeCheck implements HandlerInterceptor, HandlerMethodArgumentResolver {

  private static final String CALLER = ScopeCheck.class.getName() + ".caller";

  private final Authenticator authenticator;

  ScopeCheck(Authenticator authenticator) {
    this.authenticator = authenticator;
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (!(handler instanceof HandlerMethod method)
        || request.getDispatcherType() != DispatcherType.REQUEST
        || !method.getBeanType().getPackageName().equals(ScopeCheck.class.getPackageName())
        || method.hasMethodAnnotation(Open.class)) {
      return true;
    }
    Requires requires = method.getMethodAnnotation(Requires.class);
    if (requires == null) {
      throw new IllegalStateException("the route " + method + " does not say what it requires");
    }
    Caller caller = authenticator.authenticate(request.getHeader("Authorization"));
    if (Arrays.stream(requires.value()).noneMatch(caller::may)) {
      throw new ProblemException(
          ProblemCode.INSUFFICIENT_SCOPE,
          "This needs a key with the scope \"%s\", and the key sent has not got it."
              .formatted(
                  Arrays.stream(requires.value())
                      .map(Scope::code)
                      .collect(Collectors.joining("\" or \""))));
    }
    request.setAttribute(CALLER, caller);
    return true;
  }

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.getParameterType() == Caller.class;
  }

  @Override
  public Caller resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest request,
      @Nullable WebDataBinderFactory binders) {
    if (request.getAttribute(CALLER, NativeWebRequest.SCOPE_REQUEST) instanceof Caller caller) {
      return caller;
    }
    throw new IllegalStateException("no caller was found for " + parameter);
  }
}
