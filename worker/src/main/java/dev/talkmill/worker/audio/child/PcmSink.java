package dev.talkmill.worker.audio.child;

import java.io.IOException;

/** Takes mono 16-bit little-endian samples in pieces. */
interface PcmSink {

  /** Takes the first {@code length} bytes, which are whole samples; the array is used again. */
  void accept(byte[] pcm, int length) throws IOException, Refusal;
}
