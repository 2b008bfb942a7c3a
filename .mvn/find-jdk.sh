# Sourced by ./mvnw and ./talkmill: sets JAVA_HOME to a JDK 25 or newer where it is not set to one.
# Looked at, in order: JAVA_HOME, the java on the PATH, and the usual places of JDKs.

talkmill_jdk_version() {
  # The release file is read instead of running java: it costs no time. GraalVM and all others have it.
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null
}

talkmill_is_jdk() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 1
  talkmill_version=$(talkmill_jdk_version "$1")
  [ "${talkmill_version:-0}" -ge 25 ]
}

talkmill_find_jdk() {
  if [ -n "${JAVA_HOME:-}" ] && talkmill_is_jdk "$JAVA_HOME"; then
    return 0
  fi
  talkmill_java=$(command -v java 2>/dev/null || true)
  if [ -n "$talkmill_java" ]; then
    talkmill_java=$(readlink -f "$talkmill_java" 2>/dev/null || echo "$talkmill_java")
    talkmill_home=$(dirname "$(dirname "$talkmill_java")")
    if talkmill_is_jdk "$talkmill_home"; then
      JAVA_HOME=$talkmill_home
      export JAVA_HOME
      return 0
    fi
  fi
  for talkmill_home in /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* \
    "${HOME:-/nonexistent}"/.sdkman/candidates/java/* "${HOME:-/nonexistent}"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME:-/nonexistent}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    if talkmill_is_jdk "$talkmill_home"; then
      JAVA_HOME=$talkmill_home
      export JAVA_HOME
      return 0
    fi
  done
  echo "Talkmill needs a JDK 25 or newer, and none was found." >&2
  echo "Install one (for example Eclipse Temurin 25), or set JAVA_HOME to where it is." >&2
  return 1
}
