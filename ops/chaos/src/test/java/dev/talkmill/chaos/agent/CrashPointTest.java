package dev.talkmill.chaos.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That every crash point is a place of the worker as it is now. */
class CrashPointTest {

  private static final ClassLoader LOADER = CrashPointTest.class.getClassLoader();

  @ParameterizedTest
  @EnumSource
  void theWovenWorkerIsSoundAndCallsTheTrapAtThePointAlone(CrashPoint point) throws IOException {
    byte[] plain = bytes(point);
    byte[] woven = woven(new CrashWeaver(point), point.type(), plain);
    assertThat(ClassFile.of().verify(woven)).isEmpty();
    assertThat(trapped(plain, point)).isZero();
    assertThat(trapped(woven, point)).isPositive();
    assertThat(calls(woven)).isEqualTo(trapped(woven, point));
  }

  @ParameterizedTest
  @EnumSource
  void otherClassesAreLeftAsTheyAre(CrashPoint point) throws IOException {
    byte[] plain = bytes(point);
    CrashWeaver weaver = new CrashWeaver(point);
    assertThat(weaver.transform(LOADER, "java/lang/String", null, null, plain)).isNull();
    assertThat(weaver.transform(LOADER, point.type(), null, null, plain)).isNotNull();
  }

  @Test
  void everyPointHasAnExitCodeOfItsOwn() {
    assertThat(Arrays.stream(CrashPoint.values()).map(CrashPoint::exitCode))
        .doesNotHaveDuplicates()
        .allMatch(code -> code > 3 && code < 128);
  }

  static byte[] woven(Weaver weaver, String type, byte[] plain) {
    return Weaver.woven(plain, LOADER, Objects.requireNonNull(weaver.change(type), type));
  }

  private static byte[] bytes(CrashPoint point) throws IOException {
    try (InputStream in = LOADER.getResourceAsStream(point.type() + ".class")) {
      return Objects.requireNonNull(in, point.type()).readAllBytes();
    }
  }

  private static long trapped(byte[] type, CrashPoint point) {
    ClassModel model = ClassFile.of().parse(type);
    return model.methods().stream()
        .filter(method -> method.methodName().equalsString(point.method()))
        .mapToLong(CrashPointTest::calls)
        .sum();
  }

  private static long calls(byte[] type) {
    return ClassFile.of().parse(type).methods().stream().mapToLong(CrashPointTest::calls).sum();
  }

  private static long calls(MethodModel method) {
    return method.code().stream()
        .flatMap(code -> code.elementStream())
        .filter(InvokeInstruction.class::isInstance)
        .map(InvokeInstruction.class::cast)
        .filter(call -> call.owner().asInternalName().equals("dev/talkmill/chaos/agent/Trap"))
        .count();
  }
}
