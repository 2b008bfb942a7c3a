package dev.talkmill.worker.audio.child;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/**
 * The codecs that are decoded: what recorders, browsers and phones write. All others are refused.
 */
final class Codecs {

  private static final Set<String> ALLOWED = Set.of("opus", "vorbis", "mp3", "aac", "flac", "alac");

  /** The names of their decoders in the codec library, of which a codec can have several. */
  static final String DECODERS =
      "opus,libopus,vorbis,libvorbis,mp3,mp3float,aac,flac,alac,"
          + "pcm_u8,pcm_s8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,"
          + "pcm_f32le,pcm_f32be,pcm_f64le,pcm_f64be,pcm_alaw,pcm_mulaw";

  private static final Set<String> PCM = Set.of(DECODERS.split(",", -1));

  private Codecs() {}

  static boolean allows(String codec) {
    return ALLOWED.contains(codec) || (codec.startsWith("pcm_") && PCM.contains(codec));
  }

  static String name(@Nullable BytePointer name) {
    return name == null || name.isNull() ? "unknown" : name.getString(StandardCharsets.US_ASCII);
  }
}
