package dev.talkmill.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.worker.http.PlayableAudio.Answer.NoAudio;
import dev.talkmill.worker.http.PlayableAudio.Answer.NotReady;
import dev.talkmill.worker.http.PlayableAudio.Answer.Ready;
import dev.talkmill.worker.http.PlayableAudio.Answer.UnknownConversation;
import dev.talkmill.worker.http.PlayableAudio.Answer.Withheld;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AudioTest {

  /** More than two windows. */
  private static final int SIZE = (5 << 19) + 13;

  private static final String KEY = "t/x/a/1.ogg";

  @TempDir static Path directory;
  static Door door;
  static Door.Home home;
  static String conversation;
  static byte[] sound;

  @BeforeAll
  static void open() throws Exception {
    door = Door.open(directory);
    home = door.home();
    conversation = home.conversation();
    sound = new byte[SIZE];
    new Random(7).nextBytes(sound);
    Path file = Files.write(directory.resolve("sound"), sound);
    door.store.put(KEY, file, "audio/ogg");
  }

  @AfterAll
  static void close() {
    door.close();
  }

  private static Answer play(String... headers) {
    door.audio.set(new Ready(KEY, SIZE, "audio/ogg"));
    var request = home.client().request("/v1/conversations/" + conversation + "/audio");
    if (headers.length > 0) {
      request.headers(headers);
    }
    return home.client().send(request);
  }

  @Test
  void theWholeFileIsPlayed() {
    Answer whole = play().expect(200);
    assertThat(whole.bytes()).isEqualTo(sound);
    assertThat(whole.header("content-type")).isEqualTo("audio/ogg");
    assertThat(whole.header("accept-ranges")).isEqualTo("bytes");
    assertThat(play("Range", "bytes=0-1,5-6").expect(200).bytes()).hasSize(SIZE);
    assertThat(play("Range", "lines=1-2").expect(200).bytes()).hasSize(SIZE);
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-0,0,0",
    "bytes=10-2000000,10,2000000",
    "bytes=2621000-,2621000,2621452",
    "bytes=-5,2621448,2621452",
    "bytes=-99999999,0,2621452",
    "bytes=2621000-99999999,2621000,2621452",
  })
  void aRangeIsPlayed(String range, int first, int last) {
    Answer part = play("Range", range).expect(206);
    assertThat(part.header("content-range"))
        .isEqualTo("bytes %d-%d/%d".formatted(first, last, SIZE));
    assertThat(part.bytes()).isEqualTo(Arrays.copyOfRange(sound, first, last + 1));
  }

  @Test
  void aRangeOutsideIsRefused() {
    Answer refused = play("Range", "bytes=2621453-").problem(416, "range_not_satisfiable");
    assertThat(refused.header("content-range")).isEqualTo("bytes */" + SIZE);
    play("Range", "bytes=-0").problem(416, "range_not_satisfiable");
  }

  @Test
  void aPlayerThatKnowsAnOlderFileGetsTheWholeNewOne() {
    String tag = play().header("etag");
    assertThat(play("Range", "bytes=0-1", "If-Range", tag).expect(206).bytes()).hasSize(2);
    assertThat(play("Range", "bytes=0-1", "If-Range", "\"x\"").expect(200).bytes()).hasSize(SIZE);
  }

  @Test
  void askingForTheHeadersReadsNothing() {
    door.audio.set(new Ready("not/there", SIZE, "audio/ogg"));
    Answer head =
        home.client()
            .send(
                home.client()
                    .request("/v1/conversations/" + conversation + "/audio")
                    .method("HEAD", BodyPublishers.noBody()))
            .expect(200);
    assertThat(head.header("content-length")).isEqualTo(String.valueOf(SIZE));
  }

  @Test
  void whatCannotBePlayedIsExplained() {
    String path = "/v1/conversations/" + conversation + "/audio";
    door.audio.set(new NoAudio());
    home.client().get(path).problem(404, "no_audio");
    door.audio.set(new Withheld());
    home.client().get(path).problem(403, "audio_withheld");
    door.audio.set(new NotReady(Duration.ofSeconds(3)));
    Answer wait = home.client().get(path).problem(409, "audio_not_ready");
    assertThat(wait.header("retry-after")).isEqualTo("3");
    door.audio.set(new UnknownConversation());
    home.client().get(path).problem(404, "unknown_conversation");
    door.audio.set(new Ready("not/there", 10, "audio/ogg"));
    home.client().get(path).problem(503, "storage_unavailable");
  }
}
