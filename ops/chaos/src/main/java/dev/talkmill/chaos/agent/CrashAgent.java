package dev.talkmill.chaos.agent;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Java agent {@code -javaagent:JAR=POINT:PASSES}: the process halts when it passes a {@link
 * CrashPoint} for the PASSES-th time. With {@code -javaagent:JAR=DEFECT} it has a {@link Defect}
 * instead. The application is the packaged one, byte for byte.
 */
public final class CrashAgent {

  private static final Pattern COLON = Pattern.compile(":");
  private static final ClassDesc TRAP = ClassDesc.of("dev.talkmill.chaos.agent.Trap");
  private static final MethodTypeDesc NOTHING = MethodTypeDesc.of(ConstantDescs.CD_void);

  private CrashAgent() {}

  /** Called by Java before {@code main}. */
  public static void premain(String options, Instrumentation instrumentation) {
    List<String> words = COLON.splitAsStream(options).toList();
    if (words.size() == 1) {
      instrumentation.addTransformer(new DefectAgent(Defect.valueOf(options)));
      return;
    }
    CrashPoint point = CrashPoint.valueOf(words.getFirst());
    Trap.arm(point, Long.parseLong(words.getLast()));
    instrumentation.addTransformer(new Weaver(point));
  }

  /** Weaves the call into the class of one point. */
  static final class Weaver implements ClassFileTransformer {

    private final CrashPoint point;

    Weaver(CrashPoint point) {
      this.point = point;
    }

    @Override
    public byte @Nullable [] transform(
        @Nullable ClassLoader loader,
        @Nullable String name,
        @Nullable Class<?> redefined,
        @Nullable ProtectionDomain domain,
        byte[] bytes) {
      return loader != null && point.type().equals(name) ? woven(bytes, loader) : null;
    }

    byte[] woven(byte[] bytes, ClassLoader loader) {
      ClassHierarchyResolver types =
          ClassHierarchyResolver.ofResourceParsing(loader)
              .orElse(ClassHierarchyResolver.defaultResolver());
      ClassFile file = ClassFile.of(ClassHierarchyResolverOption.of(types));
      return file.transformClass(
          file.parse(bytes),
          ClassTransform.transformingMethodBodies(
              method -> method.methodName().equalsString(point.method()), call()));
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
