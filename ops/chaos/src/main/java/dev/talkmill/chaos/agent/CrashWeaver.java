package dev.talkmill.chaos.agent;

import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import org.jspecify.annotations.Nullable;

/** Weaves a call of {@link Trap} into the class of one point. */
final class CrashWeaver extends Weaver {

  private static final ClassDesc TRAP = ClassDesc.of("dev.talkmill.chaos.agent.Trap");
  private static final MethodTypeDesc NOTHING = MethodTypeDesc.of(ConstantDescs.CD_void);

  private final CrashPoint point;

  CrashWeaver(CrashPoint point) {
    this.point = point;
  }

  @Override
  @Nullable ClassTransform change(String type) {
    return point.type().equals(type)
        ? ClassTransform.transformingMethodBodies(
            method -> method.methodName().equalsString(point.method()), call())
        : null;
  }

  private CodeTransform call() {
    return switch (point.side()) {
      case ENTRY -> new AtEntry();
      case RETURN ->
          (code, element) -> {
            if (element instanceof ReturnInstruction) {
              pass(code);
            }
            code.with(element);
          };
    };
  }

  /** Calls before the first instruction. */
  private static final class AtEntry implements CodeTransform {

    @Override
    public void atStart(CodeBuilder code) {
      pass(code);
    }

    @Override
    public void accept(CodeBuilder code, CodeElement element) {
      code.with(element);
    }
  }

  private static void pass(CodeBuilder code) {
    code.invokestatic(TRAP, "pass", NOTHING);
  }
}
