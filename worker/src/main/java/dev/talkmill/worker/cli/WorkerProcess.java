package dev.talkmill.worker.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** A worker that runs inside this process. */
public interface WorkerProcess extends AutoCloseable {

  /** Address of the HTTP door, with the port it really has and no slash at the end. */
  URI door();

  /** Address of the job dashboard. */
  URI dashboard();

  /** Address of the metrics. */
  URI metrics();

  /** Absolute path of the data directory. */
  Path dataDirectory();

  /** The file that holds the generated API key; empty where the key comes from the settings. */
  Optional<Path> keyFile();

  /** The bootstrap key; may do everything. Never printed. */
  String adminKey();

  /** Drains and stops everything that was started; returns when nothing is left. Idempotent. */
  @Override
  void close();
}
