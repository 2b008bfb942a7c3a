package dev.talkmill.worker.speech;

import dev.talkmill.pipeline.transcribe.Recognition.Word;
import edu.cmu.sphinx.api.AbstractSpeechRecognizer;
import edu.cmu.sphinx.api.Configuration;
import edu.cmu.sphinx.api.Context;
import edu.cmu.sphinx.api.SpeechResult;
import edu.cmu.sphinx.frontend.util.StreamDataSource;
import edu.cmu.sphinx.result.WordResult;
import edu.cmu.sphinx.util.LogMath;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One allocated recogniser, used by one thread at a time for one recording after the other. Only
 * the source of speech is swapped: starting anew would load the language model again, about 0.7 s.
 */
final class SphinxRecognizer extends AbstractSpeechRecognizer {

  private static final String MODELS = "resource:/edu/cmu/sphinx/models/en-us/";
  private static final String CONFIGURATION =
      "resource:/dev/talkmill/worker/speech/cmusphinx-en-us.xml";

  /** Held for the life of the process: a logger that nobody holds forgets its level. */
  private static final List<Logger> LOGGERS = loggers();

  private SphinxRecognizer(Context context) throws IOException {
    super(context);
    recognizer.allocate();
  }

  /** Loads the models: takes 2 to 4 s and about 175 MB of heap for as long as it is held. */
  static SphinxRecognizer create() throws IOException {
    LOGGERS.forEach(logger -> logger.setLevel(Level.OFF));
    Configuration models = new Configuration();
    models.setAcousticModelPath(MODELS + "en-us");
    models.setDictionaryPath(MODELS + "cmudict-en-us.dict");
    models.setLanguageModelPath(MODELS + "en-us.lm.bin");
    models.setSampleRate(WavSpeechStream.SAMPLE_RATE);
    return new SphinxRecognizer(new Context(CONFIGURATION, models));
  }

  /**
   * Recognises 16 kHz mono 16-bit samples up to their end; every utterance is handed on at once.
   */
  void recognize(InputStream samples, Consumer<List<Word>> utterances) {
    // Not by the context: it would also set a property, and build a second front end for it.
    context.getInstance(StreamDataSource.class).setInputStream(samples);
    for (SpeechResult result = getResult(); result != null; result = getResult()) {
      List<Word> words = words(result);
      if (!words.isEmpty()) {
        utterances.accept(words);
      }
    }
  }

  private static List<Word> words(SpeechResult result) {
    List<Word> words = new ArrayList<>();
    for (WordResult word : result.getWords()) {
      String text = word.getWord().getSpelling().toLowerCase(Locale.ROOT);
      if (!word.isFiller() && isSpoken(text)) {
        words.add(
            new Word(
                word.getTimeFrame().getStart() / 1000.0,
                word.getTimeFrame().getEnd() / 1000.0,
                text,
                confidence(word)));
      }
    }
    return words;
  }

  /** Marks of sentence, silence and noise are words to the recogniser: {@code <s>}, [noise]. */
  private static boolean isSpoken(String text) {
    return !text.isEmpty() && (Character.isLetterOrDigit(text.charAt(0)) || text.charAt(0) == '\'');
  }

  /** The posterior comes in the recogniser's own logarithm and can miss 0 to 1 by rounding. */
  private static double confidence(WordResult word) {
    double probability = LogMath.getLogMath().logToLinear((float) word.getConfidence());
    return Double.isNaN(probability) ? 0 : Math.clamp(probability, 0.0, 1.0);
  }

  /** By class and, for the configured parts, by the name of the configuration file. */
  private static List<Logger> loggers() {
    return List.of(Logger.getLogger("edu.cmu.sphinx"), Logger.getLogger("cmusphinx-en-us"));
  }
}
