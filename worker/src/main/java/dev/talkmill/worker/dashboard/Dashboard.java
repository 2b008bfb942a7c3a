package dev.talkmill.worker.dashboard;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jobrunr.dashboard.JobRunrApiHandler;
import org.jobrunr.dashboard.JobRunrSseHandler;
import org.jobrunr.dashboard.server.HttpExchangeHandler;
import org.jobrunr.dashboard.server.http.RedirectHttpHandler;
import org.jobrunr.jobs.states.IllegalJobStateChangeException;
import org.jobrunr.storage.ConcurrentJobModificationException;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.storage.ThreadSafeStorageProvider;
import org.jobrunr.utils.mapper.JsonMapper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The job dashboard. JobRunr's own server listens on every interface, may have no password and does
 * not ask which page a request comes from; this one serves JobRunr's pages and API at {@code
 * http://127.0.0.1:<port>/dashboard} behind a {@link Guard}.
 *
 * <p>Requeue runs the work of a job now with fresh attempts. Delete removes the job and never the
 * work: the ledger schedules it again.
 */
public final class Dashboard implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Dashboard.class);

  /** An operator or two, each with a few pages open; event streams hold no thread. */
  private static final int THREADS_MAX = 8;

  private static final int WAITING_MAX = 64;
  private static final Duration IDLE_THREAD = Duration.ofSeconds(30);
  private static final byte[] LOOPBACK = {127, 0, 0, 1};
  private static final int CONFLICT = 409;

  private final StorageProvider storage;
  private final JsonMapper json;
  private final int port;
  private final Guard guard;
  private @Nullable Running running;

  private record Running(
      HttpServer server, ThreadPoolExecutor threads, List<HttpExchangeHandler> handlers) {}

  /** A dashboard that logs what is done in it and tells nobody else. */
  public Dashboard(
      StorageProvider storage, JsonMapper json, int port, String username, String password) {
    this(storage, json, port, username, password, action -> {});
  }

  /**
   * Makes one; {@link #start} opens the port.
   *
   * @param storage of JobRunr
   * @param json the mapper that JobRunr itself uses, so that no other class can be made from a job
   * @param port on 127.0.0.1; 0 takes a free one
   * @param password not blank
   * @param audit told of every requeue, deletion and trigger after it was answered, for example
   *     {@code POST /api/jobs/<id>/requeue by admin: 204}; called by the thread of the request
   */
  public Dashboard(
      StorageProvider storage,
      JsonMapper json,
      int port,
      String username,
      String password,
      Consumer<String> audit) {
    this.storage = new ThreadSafeStorageProvider(storage);
    this.json = json;
    this.port = port;
    this.guard = new Guard(new Login(username, password), audit);
  }

  /**
   * Opens the port.
   *
   * @throws IllegalStateException in one plain sentence, if the port cannot be had
   */
  public synchronized void start() {
    if (running != null) {
      throw new IllegalStateException("The dashboard runs already.");
    }
    List<HttpExchangeHandler> handlers =
        List.of(
            new Pages(),
            api(),
            new JobRunrSseHandler(storage, json),
            new RedirectHttpHandler("/", "/dashboard"));
    HttpServer server = open();
    ThreadPoolExecutor threads = threads();
    server.setExecutor(threads);
    for (HttpExchangeHandler handler : handlers) {
      HttpContext context = server.createContext(handler.getContextPath(), new Mounted(handler));
      context.getFilters().add(guard);
    }
    server.start();
    running = new Running(server, threads, handlers);
    log.debug("job dashboard at {}dashboard", uri());
  }

  private JobRunrApiHandler api() {
    JobRunrApiHandler api = new JobRunrApiHandler(storage, json, false);
    // The job moved on while the page was looked at; no stack trace is needed to say so.
    api.withExceptionMapping(
        ConcurrentJobModificationException.class, (e, answer) -> answer.statusCode(CONFLICT));
    api.withExceptionMapping(
        IllegalJobStateChangeException.class, (e, answer) -> answer.statusCode(CONFLICT));
    return api;
  }

  private HttpServer open() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port), 0);
    } catch (IOException e) {
      throw new IllegalStateException(
          "The dashboard cannot listen on 127.0.0.1:%d: %s. Free the port, or set"
                  .formatted(port, e.getMessage())
              + " TALKMILL_DASHBOARD_PORT to another one, or to 0 for a free one.",
          e);
    }
  }

  private static ThreadPoolExecutor threads() {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            THREADS_MAX,
            THREADS_MAX,
            IDLE_THREAD.toSeconds(),
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING_MAX),
            Thread.ofPlatform().name("talkmill-dashboard-", 0).daemon().factory());
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  /** Address of the running dashboard with the port it really has, for example port 0 given. */
  public synchronized URI uri() {
    if (running == null) {
      throw new IllegalStateException("The dashboard is not running.");
    }
    return URI.create("http://127.0.0.1:" + running.server().getAddress().getPort() + "/");
  }

  @Override
  public synchronized void close() {
    if (running == null) {
      return;
    }
    running.handlers().forEach(HttpExchangeHandler::close);
    running.server().stop(0);
    running.threads().shutdownNow();
    running = null;
  }
}
