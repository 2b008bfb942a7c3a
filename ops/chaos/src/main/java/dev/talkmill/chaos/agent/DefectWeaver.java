package dev.talkmill.chaos.agent;

import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import org.jspecify.annotations.Nullable;

/** Makes the edits of one defect. */
final class DefectWeaver extends Weaver {

  private static final ClassDesc FAN_IN = ClassDesc.of("dev.talkmill.chaos.agent.FanIn");
  private static final MethodTypeDesc TOLD =
      MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Object);

  private final Defect defect;

  DefectWeaver(Defect defect) {
    this.defect = defect;
  }

  @Override
  @Nullable ClassTransform change(String type) {
    return defect.edits().stream()
        .filter(edit -> edit.type().equals(type))
        .map(DefectWeaver::change)
        .reduce(ClassTransform::andThen)
        .orElse(null);
  }

  private static ClassTransform change(Edit edit) {
    return switch (edit) {
      case Edit.Text text -> ClassTransform.transformingMethodBodies(replacing(text));
      case Edit.Field field -> ClassTransform.transformingMethodBodies(reading(field));
      case Edit.Told told ->
          ClassTransform.transformingMethodBodies(
              method -> method.methodName().equalsString(told.method()), telling());
    };
  }

  private static CodeTransform replacing(Edit.Text edit) {
    return (code, element) -> {
      if (element instanceof ConstantInstruction load
          && load.constantValue() instanceof String text) {
        code.loadConstant(edit.in(text));
      } else {
        code.with(element);
      }
    };
  }

  private static CodeTransform reading(Edit.Field edit) {
    return (code, element) -> {
      if (element instanceof FieldInstruction read
          && read.name().equalsString(edit.right())
          && read.opcode() == Opcode.GETFIELD) {
        code.getfield(read.owner().asSymbol(), edit.wrong(), read.typeSymbol());
      } else {
        code.with(element);
      }
    };
  }

  private static CodeTransform telling() {
    return (code, element) -> {
      if (element instanceof ReturnInstruction) {
        code.aload(code.parameterSlot(0)).invokestatic(FAN_IN, "told", TOLD);
      }
      code.with(element);
    };
  }
}
