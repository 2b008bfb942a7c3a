package dev.talkmill.chaos.agent;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Lets everything in a process that asks for the wall clock hear {@link WallClock}: the classes of
 * {@code java.time}, and every class of the application and its libraries that asks the system.
 */
final class ClockWeaver implements ClassFileTransformer {

  private static final String MILLIS = "currentTimeMillis";
  private static final String CLOCK = "java/time/Clock";
  private static final ClassDesc WALL_CLOCK = ClassDesc.of("dev.talkmill.chaos.agent.WallClock");
  private static final ClassDesc INSTANT = ClassDesc.of(Instant.class.getName());
  private static final MethodTypeDesc OF_INSTANT = MethodTypeDesc.of(INSTANT, INSTANT);
  private static final MethodTypeDesc OF_MILLIS =
      MethodTypeDesc.of(ConstantDescs.CD_long, ConstantDescs.CD_long);

  private ClockWeaver() {}

  static void weave(Instrumentation instrumentation, Path shift)
      throws UnmodifiableClassException, ClassNotFoundException {
    WallClock.follow(shift);
    instrumentation.addTransformer(new ClockWeaver(), true);
    instrumentation.retransformClasses(Clock.class, Class.forName("java.time.Clock$SystemClock"));
  }

  @Override
  public byte @Nullable [] transform(
      @Nullable ClassLoader loader,
      @Nullable String type,
      @Nullable Class<?> redefined,
      @Nullable ProtectionDomain domain,
      byte[] bytes) {
    if (type == null || type.startsWith("dev/talkmill/chaos/agent/")) {
      return null;
    }
    if (loader == null) {
      return type.startsWith(CLOCK) ? changed(bytes, ClassLoader.getSystemClassLoader()) : null;
    }
    return asks(bytes) ? changed(bytes, loader) : null;
  }

  private static byte[] changed(byte[] bytes, ClassLoader loader) {
    // Chained to one transform, the second saw none of the methods that the first had passed on.
    return Weaver.woven(Weaver.woven(bytes, loader, shiftingInstants()), loader, shiftingMillis());
  }

  /** Most classes do not ask, and need not be written anew. */
  private static boolean asks(byte[] bytes) {
    for (PoolEntry entry : ClassFile.of().parse(bytes).constantPool()) {
      if (entry instanceof Utf8Entry text && text.equalsString(MILLIS)) {
        return true;
      }
    }
    return false;
  }

  private static ClassTransform shiftingInstants() {
    return ClassTransform.transformingMethodBodies(
        method -> method.methodName().equalsString("currentInstant"),
        (code, element) -> {
          if (element instanceof ReturnInstruction) {
            code.invokestatic(WALL_CLOCK, "shifted", OF_INSTANT);
          }
          code.with(element);
        });
  }

  private static ClassTransform shiftingMillis() {
    CodeTransform shifting =
        (code, element) -> {
          code.with(element);
          if (element instanceof InvokeInstruction call
              && call.name().equalsString(MILLIS)
              && call.owner().asInternalName().equals("java/lang/System")) {
            code.invokestatic(WALL_CLOCK, "shifted", OF_MILLIS);
          }
        };
    return ClassTransform.transformingMethodBodies(shifting);
  }
}
