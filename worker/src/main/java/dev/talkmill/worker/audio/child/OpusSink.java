package dev.talkmill.worker.audio.child;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_GLOBAL_HEADER;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_from_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_WRITE;
import static org.bytedeco.ffmpeg.global.avformat.av_interleaved_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S16;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_copy;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_make_writable;

import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVOutputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/** Writes one Ogg Opus file of speech: 48 kHz mono at 32 kbit/s, as RFC 7845 has it. */
final class OpusSink implements PcmSink, AutoCloseable {

  /** Samples a second: what Opus is defined on. */
  static final int RATE = 48_000;

  /** Full-band speech; RFC 7587, section 3.1.1 recommends 28 to 40 kbit/s for it. */
  private static final int BITS_PER_SECOND = 32_000;

  /** Of 0 to 10: half of it takes half the time and can't be told apart in speech. */
  private static final String EFFORT = "5";

  private final AVFormatContext format = new AVFormatContext(null);
  private final AVIOContext file = new AVIOContext(null);
  private final AVCodecContext codec;
  private final AVStream stream;
  private final AVPacket packet = av_packet_alloc();
  private final AVFrame frame = av_frame_alloc();
  private final byte[] pending;
  private int pendingBytes;
  private long samples;

  OpusSink(String path) throws Refusal {
    AVCodec encoder = avcodec_find_encoder_by_name("libopus");
    codec = avcodec_alloc_context3(encoder);
    check(avformat_alloc_output_context2(format, (AVOutputFormat) null, "ogg", path));
    configure(encoder);
    stream = avformat_new_stream(format, encoder);
    avcodec_parameters_from_context(stream.codecpar(), codec);
    stream.time_base(codec.time_base());
    check(avio_open(file, path, AVIO_FLAG_WRITE));
    format.pb(file);
    check(avformat_write_header(format, (AVDictionary) null));
    frame.format(AV_SAMPLE_FMT_S16);
    frame.sample_rate(RATE);
    frame.nb_samples(codec.frame_size());
    av_channel_layout_copy(frame.ch_layout(), codec.ch_layout());
    check(av_frame_get_buffer(frame, 0));
    pending = new byte[2 * codec.frame_size()];
  }

  private void configure(AVCodec encoder) throws Refusal {
    codec.sample_rate(RATE);
    codec.sample_fmt(AV_SAMPLE_FMT_S16);
    codec.bit_rate(BITS_PER_SECOND);
    codec.time_base().num(1).den(RATE);
    codec.thread_count(1);
    // Ogg keeps the codec's head apart from its packets.
    codec.flags(codec.flags() | AV_CODEC_FLAG_GLOBAL_HEADER);
    av_channel_layout_default(codec.ch_layout(), 1);
    AVDictionary options = new AVDictionary(null);
    av_dict_set(options, "application", "voip", 0);
    av_dict_set(options, "compression_level", EFFORT, 0);
    int error = avcodec_open2(codec, encoder, options);
    av_dict_free(options);
    check(error);
  }

  @Override
  public void accept(byte[] pcm, int length) throws Refusal {
    for (int from = 0; from < length; ) {
      int count = Math.min(pending.length - pendingBytes, length - from);
      System.arraycopy(pcm, from, pending, pendingBytes, count);
      pendingBytes += count;
      from += count;
      if (pendingBytes == pending.length) {
        encodePending();
      }
    }
  }

  /** Encodes the last, shorter frame and ends the file. */
  void finish() throws Refusal {
    if (pendingBytes > 0) {
      frame.nb_samples(pendingBytes / 2);
      encodePending();
    }
    encode(null);
    check(av_write_trailer(format));
    int error = avio_closep(file);
    format.pb(null);
    check(error);
  }

  /** Length of what was taken. */
  double seconds() {
    return (samples + pendingBytes / 2) / (double) RATE;
  }

  private void encodePending() throws Refusal {
    check(av_frame_make_writable(frame));
    frame.data(0).put(pending, 0, pendingBytes);
    frame.pts(samples);
    samples += pendingBytes / 2;
    pendingBytes = 0;
    encode(frame);
  }

  private void encode(@Nullable AVFrame sent) throws Refusal {
    check(avcodec_send_frame(codec, sent));
    while (avcodec_receive_packet(codec, packet) >= 0) {
      av_packet_rescale_ts(packet, codec.time_base(), stream.time_base());
      packet.stream_index(stream.index());
      check(av_interleaved_write_frame(format, packet));
    }
  }

  /** Encoding own samples fails for want of memory or of room to write, and for nothing else. */
  private static void check(int error) throws Refusal {
    if (error == NativeError.OUT_OF_MEMORY) {
      throw NativeError.outOfMemory();
    }
    if (error == NativeError.FILE_TOO_LARGE) {
      throw new Refusal("decode_limit", "joins to more bytes than the decoder may write");
    }
    if (error < 0) {
      throw new Refusal(
          "scratch_full",
          "can't write the joined file to the scratch directory: " + NativeError.text(error));
    }
  }

  @Override
  public void close() {
    av_frame_free(frame);
    av_packet_free(packet);
    avcodec_free_context(codec);
    if (!file.isNull()) {
      avio_closep(file);
    }
    avformat_free_context(format);
  }
}
