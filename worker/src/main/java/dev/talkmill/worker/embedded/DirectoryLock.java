package dev.talkmill.worker.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One process at a time uses a directory. The operating system drops the lock when its holder dies,
 * however it dies.
 */
final class DirectoryLock implements AutoCloseable {

  /**
   * Directories locked by this process. A second channel on the lock file must not even be opened:
   * closing it would drop the first one's lock, because POSIX locks belong to the process.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel channel;

  private DirectoryLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  static DirectoryLock acquire(Path directory) {
    if (!HELD.add(directory)) {
      throw inUse(directory);
    }
    DirectoryLock lock = null;
    try {
      lock = tryLock(directory);
    } catch (IOException e) {
      throw new EmbeddedServiceException(
          "The lock file in " + directory + " cannot be opened: " + e.getMessage(), e);
    } finally {
      if (lock == null) {
        HELD.remove(directory);
      }
    }
    return lock;
  }

  private static DirectoryLock tryLock(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    if (lock == null) {
      throw inUse(directory);
    }
    return new DirectoryLock(directory, channel);
  }

  private static EmbeddedServiceException inUse(Path directory) {
    return new EmbeddedServiceException(
        "Another Talkmill process uses "
            + directory
            + "; stop it, or give this one a data directory of its own.");
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new EmbeddedServiceException("The lock of " + directory + " cannot be released", e);
    } finally {
      HELD.remove(directory);
    }
  }
}
