package dev.talkmill.worker.audio.child;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/** One opened recording: its best audio stream and the decoder for it. */
final class Recording implements AutoCloseable {

  private static final int END_OF_FRAMES_FOR_NOW = -11;

  private final AVFormatContext format;
  private final AVStream stream;
  private final AVCodecContext codec;
  private final AVPacket packet = av_packet_alloc();
  private final AVFrame frame = av_frame_alloc();
  private boolean damaged;

  private Recording(AVFormatContext format, AVStream stream, AVCodecContext codec) {
    this.format = format;
    this.stream = stream;
    this.codec = codec;
  }

  /**
   * Opens a recording.
   *
   * @param formats the only formats it may be, as the codec library names them
   */
  static Recording open(Path path, String formats) throws Refusal {
    AVFormatContext format = Demuxing.open(path, formats);
    try {
      int index = av_find_best_stream(format, AVMEDIA_TYPE_AUDIO, -1, -1, (AVCodec) null, 0);
      if (index < 0) {
        throw Demuxing.noAudio(format, index);
      }
      Demuxing.discardAllBut(format, index);
      AVStream stream = format.streams(index);
      return new Recording(format, stream, decoder(stream));
    } catch (Refusal refusal) {
      avformat_close_input(format);
      throw refusal;
    }
  }

  private static AVCodecContext decoder(AVStream stream) throws Refusal {
    int id = stream.codecpar().codec_id();
    String name = Codecs.name(avcodec_get_name(id));
    AVCodec decoder = Codecs.allows(name) ? avcodec_find_decoder(id) : null;
    if (decoder == null) {
      throw new Refusal("unsupported_format", "the codec " + name + " is not supported");
    }
    AVCodecContext context = avcodec_alloc_context3(decoder);
    avcodec_parameters_to_context(context, stream.codecpar());
    context.pkt_timebase(stream.time_base());
    context.thread_count(1);
    int error = avcodec_open2(context, decoder, (AVDictionary) null);
    if (error < 0) {
      avcodec_free_context(context);
      throw NativeError.notDecodable("the " + name + " decoder refuses it", error);
    }
    return context;
  }

  String container() {
    return Codecs.name(format.iformat().name());
  }

  String codec() {
    return Codecs.name(avcodec_get_name(stream.codecpar().codec_id()));
  }

  double secondsClaimed() {
    return Demuxing.secondsClaimed(format, stream);
  }

  /**
   * Decodes all of it.
   *
   * @param rate samples a second that the sink takes
   * @param secondsMax length at which it is refused
   */
  void decode(int rate, double secondsMax, PcmSink sink) throws IOException, Refusal {
    try (Resampler resampler = new Resampler(rate, secondsMax, sink)) {
      while (next()) {
        if (packet.stream_index() == stream.index()) {
          decode(packet, resampler);
        }
        av_packet_unref(packet);
      }
      decode(null, resampler);
      resampler.finish();
      if (resampler.samples() == 0 && damaged) {
        throw new Refusal("not_decodable", "not one frame of it can be decoded");
      }
    }
  }

  private boolean next() throws Refusal {
    int error = av_read_frame(format, packet);
    if (error == NativeError.OUT_OF_MEMORY) {
      throw NativeError.outOfMemory();
    }
    // Any other error is the end of what can be read; a truncated file is told by its length.
    return error >= 0;
  }

  private void decode(@Nullable AVPacket sent, Resampler resampler) throws IOException, Refusal {
    int error = avcodec_send_packet(codec, sent);
    if (error == NativeError.OUT_OF_MEMORY) {
      throw NativeError.outOfMemory();
    }
    // A damaged packet costs its own sound, not that of the others.
    damaged |= error < 0 && sent != null;
    while (true) {
      error = avcodec_receive_frame(codec, frame);
      if (error == NativeError.OUT_OF_MEMORY) {
        throw NativeError.outOfMemory();
      }
      if (error < 0) {
        damaged |= error != END_OF_FRAMES_FOR_NOW && error != NativeError.END_OF_FILE;
        return;
      }
      resampler.accept(frame);
    }
  }

  @Override
  public void close() {
    av_frame_free(frame);
    av_packet_free(packet);
    avcodec_free_context(codec);
    avformat_close_input(format);
  }
}
