package dev.talkmill.chaos.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.instruction.ConstantInstruction;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That every defect is still a defect of the worker as it is now. */
class DefectTest {

  private static final ClassLoader LOADER = DefectTest.class.getClassLoader();

  @ParameterizedTest
  @EnumSource
  void theWovenWorkerIsSoundAndSaysSomethingElse(Defect defect) throws IOException {
    byte[] plain;
    try (InputStream in = LOADER.getResourceAsStream(defect.type() + ".class")) {
      plain = Objects.requireNonNull(in, defect.type()).readAllBytes();
    }
    byte[] woven = new DefectAgent(defect).woven(plain, LOADER);
    assertThat(ClassFile.of().verify(woven)).isEmpty();
    assertThat(texts(woven)).hasSameSizeAs(texts(plain)).isNotEqualTo(texts(plain));
  }

  private static List<Object> texts(byte[] type) {
    return ClassFile.of().parse(type).methods().stream()
        .flatMap(method -> method.code().stream())
        .flatMap(code -> code.elementStream())
        .filter(ConstantInstruction.class::isInstance)
        .map(element -> (Object) ((ConstantInstruction) element).constantValue())
        .filter(String.class::isInstance)
        .toList();
  }
}
