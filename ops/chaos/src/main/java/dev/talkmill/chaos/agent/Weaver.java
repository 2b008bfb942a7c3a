package dev.talkmill.chaos.agent;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import org.jspecify.annotations.Nullable;

/** Changes classes of the application as they are loaded, and none of Java itself. */
abstract class Weaver implements ClassFileTransformer {

  /**
   * What is done with a class.
   *
   * @param type internal name, with slashes
   * @return null to leave the class as it is
   */
  abstract @Nullable ClassTransform change(String type);

  @Override
  public byte @Nullable [] transform(
      @Nullable ClassLoader loader,
      @Nullable String type,
      @Nullable Class<?> redefined,
      @Nullable ProtectionDomain domain,
      byte[] bytes) {
    ClassTransform change = loader == null || type == null ? null : change(type);
    return loader == null || change == null ? null : woven(bytes, loader, change);
  }

  static byte[] woven(byte[] bytes, ClassLoader loader, ClassTransform change) {
    ClassHierarchyResolver types =
        ClassHierarchyResolver.ofResourceParsing(loader)
            .orElse(ClassHierarchyResolver.defaultResolver());
    ClassFile file = ClassFile.of(ClassHierarchyResolverOption.of(types));
    return file.transformClass(file.parse(bytes), change);
  }
}
