package dev.talkmill.pipeline.prepare;

import java.nio.file.Path;

/**
 * Turns bytes of unknown origin into 16 kHz mono 16-bit WAV, in a confined child process: limited
 * in time, memory and output, reading no other file and no network. Throws {@link
 * dev.talkmill.pipeline.failure.FailureException} with {@code not_decodable}, {@code
 * unsupported_format}, {@code no_audio_track}, {@code webm_continuation}, {@code too_long}, {@code
 * decode_limit}, {@code decoder_timeout}, {@code decoder_crashed} or {@code scratch_full}.
 */
public interface AudioDecoder {

  /** Decodes {@code source} to {@code wav}, replacing it. */
  DecodedAudio decode(Path source, Path wav);

  /**
   * Writes one playable Ogg Opus file from recordings, in order.
   *
   * @return its length in seconds
   */
  double join(Iterable<Path> sources, Path ogg);
}
