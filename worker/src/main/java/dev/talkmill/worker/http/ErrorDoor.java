package dev.talkmill.worker.http;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Where the container sends what went wrong outside of a route. */
@RestController
final class ErrorDoor implements ErrorController {

  static final String PATH = "/error";

  private final ProblemWriter writer;

  ErrorDoor(ProblemWriter writer) {
    this.writer = writer;
  }

  @Open
  @RequestMapping(PATH)
  void error(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    // Without a status nothing went wrong: somebody asked for the path itself.
    int code = status instanceof Integer number ? number : HttpServletResponse.SC_NOT_FOUND;
    writer.write(writer.ofStatus(code), request, response);
  }
}
