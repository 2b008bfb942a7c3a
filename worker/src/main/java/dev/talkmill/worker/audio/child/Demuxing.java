package dev.talkmill.worker.audio.child;

import static org.bytedeco.ffmpeg.global.avcodec.AVDISCARD_ALL;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_DURATION_FROM_BITRATE;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_STREAM_NOT_FOUND;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.AV_TIME_BASE;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import java.nio.file.Path;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;

/** Opens containers with every door closed but the one file. */
final class Demuxing {

  /** Streams in one file; a recorder writes one or two. */
  private static final String STREAMS_MAX = "32";

  private Demuxing() {}

  static AVFormatContext open(Path path, String formats) throws Refusal {
    AVFormatContext format = avformat_alloc_context();
    AVDictionary options = new AVDictionary(null);
    av_dict_set(options, "protocol_whitelist", "file", 0);
    av_dict_set(options, "format_whitelist", formats, 0);
    av_dict_set(options, "codec_whitelist", Codecs.DECODERS, 0);
    av_dict_set(options, "max_streams", STREAMS_MAX, 0);
    int error =
        avformat_open_input(format, "file:" + path.toAbsolutePath(), (AVInputFormat) null, options);
    av_dict_free(options);
    if (error < 0) {
      // The library has freed the context.
      throw NativeError.notDecodable("the file can't be opened as " + formats, error);
    }
    error = avformat_find_stream_info(format, (AVDictionary) null);
    if (error < 0) {
      avformat_close_input(format);
      throw NativeError.notDecodable("no stream of the file can be read", error);
    }
    return format;
  }

  /** What to say of a file in which no audio stream was found. */
  static Refusal noAudio(AVFormatContext format, int error) {
    if (error != AVERROR_STREAM_NOT_FOUND()) {
      return NativeError.notDecodable("its audio can't be read", error);
    }
    return format.nb_streams() == 0
        ? new Refusal("not_decodable", "the file has a head and no streams")
        : new Refusal("no_audio_track", "the file has no audio track");
  }

  static void discardAllBut(AVFormatContext format, int index) {
    for (int i = 0; i < format.nb_streams(); i++) {
      if (i != index) {
        format.streams(i).discard(AVDISCARD_ALL);
      }
    }
  }

  /** The length that the container states; 0 for none, and for guesses by the bit rate. */
  static double secondsClaimed(AVFormatContext format, AVStream stream) {
    if (format.duration_estimation_method() == AVFMT_DURATION_FROM_BITRATE) {
      return 0;
    }
    double seconds = 0;
    if (stream.duration() != AV_NOPTS_VALUE && stream.time_base().den() > 0) {
      seconds = (double) stream.duration() * stream.time_base().num() / stream.time_base().den();
    } else if (format.duration() != AV_NOPTS_VALUE) {
      seconds = (double) format.duration() / AV_TIME_BASE;
    }
    // A year and more is not a claim but a damaged field.
    return seconds > 0 && seconds < 366 * 86_400.0 ? seconds : 0;
  }
}
