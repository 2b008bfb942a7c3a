package dev.talkmill.worker.speech;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whisper servers name the language in English ("dutch") or by its tag ("nl"); we keep the tag. */
final class LanguageNames {

  private static final Map<String, String> TAGS = tags();

  private LanguageNames() {}

  /** The BCP 47 primary tag, or null where the name means nothing to us. */
  static @Nullable String tag(String name) {
    String key = name.strip().toLowerCase(Locale.ROOT);
    String tag = TAGS.get(key);
    if (tag != null) {
      return tag;
    }
    return key.matches("[a-z]{2,3}([-_][a-z0-9_-]{1,30})?") ? key.split("[-_]", 2)[0] : null;
  }

  private static Map<String, String> tags() {
    Map<String, String> tags = new HashMap<>();
    for (String tag : Locale.getISOLanguages()) {
      String name = Locale.of(tag).getDisplayLanguage(Locale.ENGLISH).toLowerCase(Locale.ROOT);
      tags.put(name, tag);
    }
    // Names of Whisper's own table that the JDK spells otherwise.
    tags.put("mandarin", "zh");
    tags.put("cantonese", "yue");
    tags.put("castilian", "es");
    tags.put("flemish", "nl");
    tags.put("valencian", "ca");
    tags.put("haitian creole", "ht");
    tags.put("haitian", "ht");
    tags.put("letzeburgesch", "lb");
    tags.put("moldavian", "ro");
    tags.put("moldovan", "ro");
    tags.put("myanmar", "my");
    tags.put("panjabi", "pa");
    tags.put("pushto", "ps");
    tags.put("sinhalese", "si");
    tags.put("nynorsk", "nn");
    return Map.copyOf(tags);
  }
}
