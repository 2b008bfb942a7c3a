package dev.talkmill.chaos.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeElement;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** That every edit of every defect still changes the worker as it is now. */
class DefectTest {

  private static final ClassLoader LOADER = DefectTest.class.getClassLoader();

  record Place(Defect defect, Edit edit) {}

  static Stream<Place> places() {
    return Stream.of(Defect.values())
        .flatMap(defect -> defect.edits().stream().map(edit -> new Place(defect, edit)));
  }

  @ParameterizedTest
  @MethodSource("places")
  void theWovenWorkerIsSoundAndDoesSomethingElse(Place place) throws IOException {
    byte[] plain;
    String type = place.edit().type();
    try (InputStream in = LOADER.getResourceAsStream(type + ".class")) {
      plain = Objects.requireNonNull(in, type).readAllBytes();
    }
    byte[] woven = CrashPointTest.woven(new DefectWeaver(place.defect()), type, plain);
    assertThat(ClassFile.of().verify(woven)).isEmpty();
    assertThat(code(woven)).isNotEqualTo(code(plain));
  }

  @ParameterizedTest
  @MethodSource("places")
  void otherClassesAreLeftAsTheyAre(Place place) {
    assertThat(new DefectWeaver(place.defect()).change("java/lang/String")).isNull();
  }

  /** What its methods load, read and call, in order. */
  private static List<String> code(byte[] type) {
    return ClassFile.of().parse(type).methods().stream()
        .flatMap(method -> method.code().stream())
        .flatMap(body -> body.elementStream())
        .map(DefectTest::said)
        .filter(said -> !said.isEmpty())
        .toList();
  }

  private static String said(CodeElement element) {
    return switch (element) {
      case ConstantInstruction load -> String.valueOf(load.constantValue());
      case FieldInstruction field -> field.name().stringValue();
      case InvokeInstruction call -> call.name().stringValue();
      default -> "";
    };
  }
}
