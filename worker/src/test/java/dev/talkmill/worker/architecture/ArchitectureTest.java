package dev.talkmill.worker.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.NullMarked;

/** What docs/ARCHITECTURE.md says and no compiler holds, in the order of that page. */
@AnalyzeClasses(packages = "dev.talkmill", importOptions = OurClasses.class)
class ArchitectureTest {

  private static final String CORE = "dev.talkmill.pipeline..";
  private static final String CONFIG = "dev.talkmill.config..";
  private static final String JOBS = "dev.talkmill.jobs..";
  private static final String QUEUE = "dev.talkmill.jobs.queue..";
  private static final String WORKER = "dev.talkmill.worker..";
  private static final String WIRING = "dev.talkmill.worker.wiring..";
  private static final String DECODER_CHILD = "dev.talkmill.worker.audio.child..";

  /** Its classes are made by the logging library's configuration, by name. */
  private static final String LOGGING = "dev.talkmill.worker.logging..";

  private static final String MAIN = "dev.talkmill.worker.WorkerApplication";
  private static final String COMMAND_LINE = "dev.talkmill.worker.cli.Cli";

  /** Created by name: by Java, by the recogniser's configuration, by the HTTP server. */
  private static final Set<String> MADE_BY_NAME =
      Set.of(
          MAIN,
          "dev.talkmill.worker.speech.RecordingCepstralMean",
          "dev.talkmill.worker.speech.UtteranceLimiter",
          "dev.talkmill.worker.http.ProblemValve");

  // Modules are rings; packages are steps.

  @ArchTest
  static final ArchRule theCoreUsesTheJdkAndJSpecifyOnly =
      classes()
          .that()
          .resideInAPackage(CORE)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(CORE, "java..", "org.jspecify..");

  @ArchTest
  static final ArchRule theCoreTouchesNeitherDatabaseNorNetwork =
      noClasses()
          .that()
          .resideInAPackage(CORE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.sql..", "java.net.http..");

  @ArchTest
  static final ArchRule settingsKnowNobodyOfUs =
      noClasses()
          .that()
          .resideInAPackage(CONFIG)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(CORE, JOBS, WORKER);

  @ArchTest
  static final ArchRule settingsAreRecordsWithoutLogic =
      classes()
          .that()
          .resideInAPackage(CONFIG)
          .and()
          .arePublic()
          .should()
          .beRecords()
          .orShould()
          .beEnums();

  @ArchTest
  static final ArchRule jobsDoNotKnowTheWorker =
      noClasses()
          .that()
          .resideInAPackage(JOBS)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(WORKER);

  @ArchTest
  static final ArchRule nobodyKnowsWhoPutsThingsTogether =
      noClasses()
          .that()
          .resideOutsideOfPackage(WIRING)
          .and()
          .doNotHaveFullyQualifiedName(MAIN)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(WIRING);

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("dev.talkmill.(**)").should().beFreeOfCycles();

  /** Module jobs is a library and exempt; so are exceptions, which callers meet without naming. */
  @ArchTest
  static final ArchRule adaptersShowOnlyWhatOthersUse =
      classes()
          .that()
          .resideInAPackage(WORKER)
          .and()
          .arePublic()
          .and()
          .areTopLevelClasses()
          .and()
          .areNotAssignableTo(Throwable.class)
          .and()
          .resideOutsideOfPackage(LOGGING)
          .and(describe("are not made by name", type -> !MADE_BY_NAME.contains(type.getName())))
          .should(beUsedFromAnotherPackage());

  // Durability does not hang on the job engine.

  /** The system passes its filters on, and the migrations make its tables. */
  @ArchTest
  static final ArchRule onlyTheQueueKnowsTheJobEngine =
      noClasses()
          .that()
          .resideInAnyPackage(CORE, CONFIG, JOBS)
          .and()
          .resideOutsideOfPackage(QUEUE)
          .and()
          .doNotHaveFullyQualifiedName("dev.talkmill.jobs.postgres.Migrations")
          .should()
          .dependOnClassesThat(
              describe(
                  "are JobRunr's, filters apart",
                  type ->
                      type.getPackageName().startsWith("org.jobrunr.")
                          && !type.getPackageName().equals("org.jobrunr.jobs.filters")));

  @ArchTest
  static final ArchRule nobodyEnqueuesPastTheLedger =
      noClasses().should().dependOnClassesThat().resideInAPackage("org.jobrunr.scheduling..");

  @ArchTest
  static final ArchRule sweepsOutliveABrokenJobServer =
      noClasses()
          .that()
          .resideInAPackage("dev.talkmill.jobs.sweep..")
          .should()
          .dependOnClassesThat()
          .haveNameMatching("dev\\.talkmill\\.jobs\\.queue\\.(JobServer|Relay|RelayLoop|Watchdog)");

  @ArchTest
  static final ArchRule stagesDoNotKnowWhoRunsThem =
      noClasses()
          .that()
          .resideInAPackage("dev.talkmill.jobs.stage..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(QUEUE);

  // Time, collaborators and settings come in by the constructor.

  @ArchTest
  static final ArchRule nobodyReadsTheClockPastItsParameter =
      noClasses()
          .should()
          .callMethodWhere(
              call(
                  "asks java.time for now without a clock",
                  call ->
                      call.getTargetOwner().getPackageName().startsWith("java.time")
                          && call.getName().equals("now")
                          && call.getTarget().getRawParameterTypes().isEmpty()))
          .orShould()
          .callMethod(System.class, "currentTimeMillis");

  @ArchTest
  static final ArchRule clocksAreMadeWhereThingsArePutTogether =
      noClasses()
          .that()
          .resideOutsideOfPackage(WIRING)
          .and()
          .doNotHaveFullyQualifiedName(COMMAND_LINE)
          .should()
          .callMethodWhere(
              call(
                  "makes a clock",
                  call ->
                      (call.getTargetOwner().isEquivalentTo(Clock.class)
                              || call.getTargetOwner().isEquivalentTo(InstantSource.class))
                          && call.getName().startsWith("system")));

  @ArchTest
  static final ArchRule nothingIsInjectedIntoFields =
      noFields()
          .should()
          .beAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
          .orShould()
          .beAnnotatedWith("org.springframework.beans.factory.annotation.Value")
          .orShould()
          .beAnnotatedWith("jakarta.inject.Inject")
          .orShould()
          .beAnnotatedWith("jakarta.annotation.Resource");

  @ArchTest
  static final ArchRule nothingIsFoundByScanning =
      noClasses()
          .should()
          .beAnnotatedWith("org.springframework.stereotype.Component")
          .orShould()
          .beAnnotatedWith("org.springframework.stereotype.Service")
          .orShould()
          .beAnnotatedWith("org.springframework.stereotype.Repository")
          .orShould()
          .beAnnotatedWith("org.springframework.context.annotation.ComponentScan");

  @ArchTest
  static final ArchRule durableWorkIsNeverLeftToSpring =
      noClasses()
          .should()
          .dependOnClassesThat()
          .haveNameMatching("org\\.springframework\\.scheduling\\.annotation\\..*")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("org.springframework.transaction.annotation.Transactional");

  // What is said, and to whom.

  /** The command line prints through Terminal; a decoder's child answers on its own output. */
  @ArchTest
  static final ArchRule onlyEntryPointsTouchTheStandardStreams =
      noClasses()
          .that()
          .resideOutsideOfPackage(DECODER_CHILD)
          .and()
          .doNotHaveFullyQualifiedName(MAIN)
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err")
          .orShould()
          .callMethod(Throwable.class, "printStackTrace");

  @ArchTest static final ArchRule failuresHaveTypes = NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS;

  @ArchTest
  static final ArchRule loggersAreTheirClassesOwn =
      fields()
          .that()
          .haveRawType("org.slf4j.Logger")
          .should()
          .bePrivate()
          .andShould()
          .beStatic()
          .andShould()
          .beFinal();

  @ArchTest
  static final ArchRule everyPackageIsNullMarked = classes().should(lieInANullMarkedPackage());

  private static DescribedPredicate<JavaMethodCall> call(
      String description, Predicate<JavaMethodCall> predicate) {
    return describe(description, predicate);
  }

  private static ArchCondition<JavaClass> beUsedFromAnotherPackage() {
    return new ArchCondition<>("be used from another package") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        boolean used =
            type.getDirectDependenciesToSelf().stream()
                .anyMatch(dependency ->
                    !dependency.getOriginClass().getPackageName().equals(type.getPackageName()));
        events.add(
            new SimpleConditionEvent(type, used, type.getName() + " is public, used: " + used));
      }
    };
  }

  private static ArchCondition<JavaClass> lieInANullMarkedPackage() {
    return new ArchCondition<>("lie in a package with a @NullMarked package-info") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
        events.add(
            new SimpleConditionEvent(
                type, marked, type.getPackageName() + " is null-marked: " + marked));
      }
    };
  }
}
