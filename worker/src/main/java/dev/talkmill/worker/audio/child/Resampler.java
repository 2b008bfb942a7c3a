package dev.talkmill.worker.audio.child;

import static org.bytedeco.ffmpeg.global.avutil.AV_CHANNEL_ORDER_UNSPEC;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S16;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_copy;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_uninit;
import static org.bytedeco.ffmpeg.global.swresample.swr_alloc_set_opts2;
import static org.bytedeco.ffmpeg.global.swresample.swr_convert;
import static org.bytedeco.ffmpeg.global.swresample.swr_free;
import static org.bytedeco.ffmpeg.global.swresample.swr_get_out_samples;
import static org.bytedeco.ffmpeg.global.swresample.swr_init;

import java.io.IOException;
import org.bytedeco.ffmpeg.avutil.AVChannelLayout;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swresample.SwrContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/** Turns frames of any rate, sample format and up to 8 channels into mono 16-bit samples. */
final class Resampler implements AutoCloseable {

  /** From the poorest telephone to twice the best studio. */
  private static final int RATE_MIN = 4_000;

  private static final int RATE_MAX = 384_000;
  private static final int CHANNELS_MAX = 8;

  /** Samples handed to the sink at once. */
  private static final int STEP_SAMPLES = 16_384;

  /** Longest frame of any codec allowed here, 65,535 samples of FLAC, times the largest ratio. */
  private static final int CONVERTED_SAMPLES_MAX = 1 << 20;

  private final int rate;
  private final double secondsMax;
  private final long samplesMax;
  private final PcmSink sink;
  private final AVChannelLayout mono = new AVChannelLayout();
  private final PointerPointer<BytePointer> outPlanes = new PointerPointer<>(1);
  private final byte[] pcm = new byte[2 * STEP_SAMPLES];
  private BytePointer out = new BytePointer(2L * STEP_SAMPLES);
  private @Nullable SwrContext context;
  private int inRate;
  private int inFormat;
  private int inChannels;
  private long samples;

  Resampler(int rate, double secondsMax, PcmSink sink) {
    this.rate = rate;
    this.secondsMax = secondsMax;
    this.samplesMax = (long) (secondsMax * rate);
    this.sink = sink;
    av_channel_layout_default(mono, 1);
  }

  /** Samples given to the sink. */
  long samples() {
    return samples;
  }

  void accept(AVFrame frame) throws IOException, Refusal {
    if (frame.nb_samples() <= 0) {
      return;
    }
    int channels = frame.ch_layout().nb_channels();
    if (context == null
        || frame.sample_rate() != inRate
        || frame.format() != inFormat
        || channels != inChannels) {
      // A recording can change its shape on the way, as chained Ogg does.
      finish();
      context = open(frame, channels);
    }
    convert(context, frame.extended_data(), frame.nb_samples());
  }

  /** Hands over what the filter holds back. */
  void finish() throws IOException, Refusal {
    SwrContext ending = context;
    if (ending != null) {
      convert(ending, null, 0);
      swr_free(ending);
      context = null;
    }
  }

  private SwrContext open(AVFrame frame, int channels) throws Refusal {
    inRate = frame.sample_rate();
    inFormat = frame.format();
    inChannels = channels;
    if (inRate < RATE_MIN || inRate > RATE_MAX || channels < 1 || channels > CHANNELS_MAX) {
      throw new Refusal(
          "unsupported_format", channels + " channels at " + inRate + " Hz are not supported");
    }
    AVChannelLayout layout = new AVChannelLayout();
    if (frame.ch_layout().order() == AV_CHANNEL_ORDER_UNSPEC) {
      av_channel_layout_default(layout, channels);
    } else {
      av_channel_layout_copy(layout, frame.ch_layout());
    }
    SwrContext opened = new SwrContext(null);
    int error =
        swr_alloc_set_opts2(
            opened, mono, AV_SAMPLE_FMT_S16, rate, layout, inFormat, inRate, 0, null);
    if (error >= 0) {
      error = swr_init(opened);
    }
    av_channel_layout_uninit(layout);
    if (error < 0) {
      swr_free(opened);
      throw NativeError.notDecodable("its channels can't be mixed", error);
    }
    return opened;
  }

  private void convert(SwrContext from, @Nullable PointerPointer<?> in, int inSamples)
      throws IOException, Refusal {
    int room = swr_get_out_samples(from, inSamples);
    if (room > CONVERTED_SAMPLES_MAX) {
      throw new Refusal("decode_limit", "a frame of more samples than any codec writes");
    }
    if (out.capacity() < 2L * room) {
      out.close();
      out = new BytePointer(2L * room);
    }
    outPlanes.put(0, out);
    int converted = swr_convert(from, outPlanes, room, in, inSamples);
    if (converted < 0) {
      throw NativeError.notDecodable("its samples can't be converted", converted);
    }
    for (int done = 0; done < converted; ) {
      int count = Math.min(STEP_SAMPLES, converted - done);
      out.position(2L * done).get(pcm, 0, 2 * count);
      emit(count);
      done += count;
    }
    out.position(0);
  }

  private void emit(int count) throws IOException, Refusal {
    samples += count;
    if (samples > samplesMax) {
      throw Refusal.tooLong(secondsMax);
    }
    sink.accept(pcm, 2 * count);
  }

  @Override
  public void close() {
    SwrContext left = context;
    if (left != null) {
      swr_free(left);
    }
    outPlanes.close();
    out.close();
    av_channel_layout_uninit(mono);
  }
}
