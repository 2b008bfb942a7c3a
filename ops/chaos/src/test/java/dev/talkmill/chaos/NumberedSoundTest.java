package dev.talkmill.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NumberedSoundTest {

  private static final int HEADER_BYTES = 44;

  @Test
  void everyNumberIsHeardAsItWasSaid() {
    for (int bit = 1; bit < NumberedSound.NUMBERS; bit <<= 1) {
      for (int number : new int[] {bit - 1, bit, NumberedSound.NUMBERS - bit}) {
        assertThat(NumberedSound.hear(NumberedSound.wav(number))).hasValue(number);
      }
    }
  }

  @Test
  void aQuieterRecordingAmongOtherBytesSaysTheSame() {
    byte[] wav = NumberedSound.wav(713_705);
    ByteBuffer pcm = ByteBuffer.wrap(wav).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = HEADER_BYTES; at < wav.length; at += Short.BYTES) {
      pcm.putShort(at, (short) (pcm.getShort(at) / 3));
    }
    byte[] form = new byte[wav.length + 400];
    new Random(1).nextBytes(form);
    System.arraycopy(wav, 0, form, 200, wav.length);
    assertThat(NumberedSound.hear(form)).hasValue(713_705);
  }

  @Test
  void nothingIsHeardInWhatIsCutOffOrIsNoSound() {
    byte[] wav = NumberedSound.wav(5);
    assertThat(NumberedSound.hear(Arrays.copyOf(wav, wav.length - 1))).isEmpty();
    assertThat(NumberedSound.hear(new byte[wav.length])).isEmpty();
    assertThat(NumberedSound.hear(new byte[0])).isEmpty();
  }
}
