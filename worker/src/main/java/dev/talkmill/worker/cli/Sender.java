package dev.talkmill.worker.cli;

import java.util.function.LongConsumer;
import org.springframework.util.unit.DataSize;

/** Sends a file to a conversation: as a chunk where it is small enough, else as an upload. */
final class Sender {

  private static final int PAYLOAD_TOO_LARGE = 413;

  private final DoorClient door;
  private final DataSize chunkMax;

  /**
   * @param chunkMax larger files go as an upload
   */
  Sender(DoorClient door, DataSize chunkMax) {
    this.door = door;
    this.chunkMax = chunkMax;
  }

  /**
   * Returns when the file is durable.
   *
   * @param sequence place of the file in the conversation, from 0
   * @param sent is told how many bytes of the file were sent so far
   */
  void send(String conversationId, int sequence, Recording recording, LongConsumer sent) {
    if (recording.bytes() > chunkMax.toBytes() && !recording.isText()) {
      upload(conversationId, recording, sent);
      return;
    }
    try {
      FileRange whole = new FileRange(recording.path(), 0, recording.bytes(), sent);
      door.sendChunk(
          conversationId, sequence, recording.mediaType(), recording.bytes(), whole::body);
    } catch (DoorProblem refused) {
      if (refused.status() != PAYLOAD_TOO_LARGE || recording.isText()) {
        throw refused;
      }
      upload(conversationId, recording, sent);
    }
  }

  private void upload(String conversationId, Recording recording, LongConsumer sent) {
    UploadView upload = door.beginUpload(conversationId, recording.bytes(), recording.mediaType());
    if (!upload.covers(recording.bytes())) {
      throw CommandFailure.failed(
          "The worker asked for parts that are not the whole of " + recording.name() + ".");
    }
    for (UploadView.Part part : upload.parts()) {
      FileRange range =
          new FileRange(
              recording.path(),
              part.firstByte(),
              part.bytes(),
              read -> sent.accept(part.firstByte() + read));
      door.putPart(part, range::body);
    }
    door.completeUpload(upload.id());
  }
}
