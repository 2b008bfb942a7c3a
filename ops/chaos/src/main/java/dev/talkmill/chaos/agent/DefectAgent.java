package dev.talkmill.chaos.agent;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import org.jspecify.annotations.Nullable;

/** Changes the texts that the methods of one class load. */
final class DefectAgent implements ClassFileTransformer {

  private final Defect defect;

  DefectAgent(Defect defect) {
    this.defect = defect;
  }

  @Override
  public byte @Nullable [] transform(
      @Nullable ClassLoader loader,
      @Nullable String name,
      @Nullable Class<?> redefined,
      @Nullable ProtectionDomain domain,
      byte[] bytes) {
    return loader != null && defect.type().equals(name) ? woven(bytes, loader) : null;
  }

  byte[] woven(byte[] bytes, ClassLoader loader) {
    ClassHierarchyResolver types =
        ClassHierarchyResolver.ofResourceParsing(loader)
            .orElse(ClassHierarchyResolver.defaultResolver());
    ClassFile file = ClassFile.of(ClassHierarchyResolverOption.of(types));
    return file.transformClass(
        file.parse(bytes), ClassTransform.transformingMethodBodies(this::replace));
  }

  private void replace(CodeBuilder code, CodeElement element) {
    if (element instanceof ConstantInstruction load
        && load.constantValue() instanceof String text) {
      code.loadConstant(defect.in(text));
    } else {
      code.with(element);
    }
  }
}
