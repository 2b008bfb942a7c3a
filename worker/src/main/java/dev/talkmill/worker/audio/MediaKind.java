package dev.talkmill.worker.audio;

/** The kinds of recordings that are taken, told by their first bytes. */
enum MediaKind {
  WEBM("matroska,webm", "audio/webm"),
  OGG("ogg", "audio/ogg"),
  MP3("mp3", "audio/mpeg"),
  MP4("mov,mp4,m4a", "audio/mp4"),
  ADTS("aac", "audio/aac"),
  WAV("wav", "audio/wav"),
  FLAC("flac", "audio/flac"),
  /** An ID3 tag says nothing of what follows it. */
  TAGGED("mp3,aac,flac", "audio/mpeg");

  private final String formats;
  private final String mediaType;

  MediaKind(String formats, String mediaType) {
    this.formats = formats;
    this.mediaType = mediaType;
  }

  /** The only formats that the codec library may take it for, in its names. */
  String formats() {
    return formats;
  }

  /**
   * The media type that a browser plays it under.
   *
   * @param container what the decoder found it to be
   */
  String mediaType(String container) {
    if (this != TAGGED) {
      return mediaType;
    }
    return switch (container) {
      case "aac" -> ADTS.mediaType;
      case "flac" -> FLAC.mediaType;
      default -> mediaType;
    };
  }
}
