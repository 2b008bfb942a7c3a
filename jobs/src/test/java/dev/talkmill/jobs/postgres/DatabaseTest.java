package dev.talkmill.jobs.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.talkmill.config.DatabaseSettings;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestDatabase.Home;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionTemplate;

class DatabaseTest {

  private static TestDatabase database;
  private static Database db;

  @BeforeAll
  static void start() {
    database = TestDatabase.fresh();
    db = database.database();
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @Test
  void noStatementRunsWithoutAScope() {
    assertThatIllegalStateException().isThrownBy(db::sql);
    assertThatIllegalStateException().isThrownBy(db::tenant);
    assertThatIllegalStateException().isThrownBy(() -> db.inSystem(db::tenant));
    new TransactionTemplate(db.transactions())
        .executeWithoutResult(status -> assertThatIllegalStateException().isThrownBy(db::sql));
  }

  @Test
  void aScopeInsideAScopeIsTheSameOrRefused() {
    UUID tenant = UUID.randomUUID();
    assertThat(db.inTenant(tenant, () -> db.inTenant(tenant, db::tenant))).isEqualTo(tenant);
    assertThatIllegalStateException()
        .isThrownBy(() -> db.inTenant(tenant, () -> db.inTenant(UUID.randomUUID(), db::tenant)));
    assertThatIllegalStateException()
        .isThrownBy(() -> db.inTenant(tenant, () -> db.inSystem(() -> true)));
    assertThatIllegalStateException()
        .isThrownBy(() -> db.inSystem(() -> db.inTenant(tenant, () -> true)));
    assertThatIllegalStateException().isThrownBy(db::sql);
  }

  @Test
  void aCallersTransactionIsJoinedAndGetsItsRoleBack() {
    Home home = database.home();
    JdbcClient caller = JdbcClient.create(db.dataSource());
    new TransactionTemplate(db.transactions())
        .executeWithoutResult(status -> {
          String before = role(caller);
          assertThat(db.inTenant(home.tenant(), DatabaseTest::ownRole)).isEqualTo("talkmill_app");
          assertThat(role(caller)).isEqualTo(before);
          assertThat(
                  caller
                      .sql("SELECT current_setting('talkmill.tenant_id', true)")
                      .query(String.class)
                      .single())
              .isEmpty();
        });
  }

  @Test
  void whatWasDoneInACallersTransactionGoesWithIt() {
    UUID tenant = UUID.randomUUID();
    new TransactionTemplate(db.transactions())
        .executeWithoutResult(status -> {
          db.inSystem(() -> insertTenant(tenant));
          status.setRollbackOnly();
        });
    assertThat(tenants(tenant)).isZero();
  }

  @Test
  void anErrorInAJoinedTransactionIsToldAsItIs() {
    Home home = database.home();
    TransactionTemplate caller = new TransactionTemplate(db.transactions());
    assertThatThrownBy(() ->
            caller.executeWithoutResult(status -> db.inSystem(() -> insertTenant(home.tenant()))))
        .isInstanceOf(DuplicateKeyException.class);
    assertThatThrownBy(() ->
            caller.executeWithoutResult(status ->
                assertThatThrownBy(() -> db.inSystem(() -> insertTenant(home.tenant())))
                    .isInstanceOf(DuplicateKeyException.class)))
        .isInstanceOf(UnexpectedRollbackException.class);
  }

  @Test
  void whatFollowsACommitFollowsNoRollback() {
    AtomicInteger told = new AtomicInteger();
    assertThatThrownBy(() ->
            db.inSystem(() -> {
              db.afterCommit(told::incrementAndGet);
              throw new IllegalStateException("rolled back");
            }))
        .hasMessage("rolled back");
    assertThat(told).hasValue(0);
    db.inSystem(() -> {
      db.afterCommit(told::incrementAndGet);
      return true;
    });
    assertThat(told).hasValue(1);
  }

  @Test
  void twoHundredTenantsInterleavedOnTwoConnectionsSeeTheirOwnAlone() throws Exception {
    List<Home> homes = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Home home = database.home();
      database.conversation(home);
      homes.add(home);
    }
    DatabaseSettings two = new DatabaseSettings(null, null, null, 2, 2, Duration.ofSeconds(30));
    try (HikariDataSource pool = Pools.work(database.address(), two);
        ExecutorService threads = Executors.newFixedThreadPool(8)) {
      Database narrow = new Database(pool);
      List<Future<Boolean>> seen = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        seen.add(threads.submit(looks(narrow, homes, new Random(thread))));
      }
      for (Future<Boolean> look : seen) {
        assertThat(look.get(2, TimeUnit.MINUTES)).isTrue();
      }
    }
  }

  private static Callable<Boolean> looks(Database narrow, List<Home> homes, Random random) {
    return () -> {
      for (int i = 0; i < 200; i++) {
        Home home = homes.get(random.nextInt(homes.size()));
        if (random.nextInt(10) == 0) {
          int all =
              narrow.inSystem(() ->
                  narrow
                      .sql()
                      .sql("SELECT count(*) FROM conversation")
                      .query(Integer.class)
                      .single());
          assertThat(all).isGreaterThanOrEqualTo(homes.size());
        }
        List<UUID> owners =
            narrow.inTenant(
                home.tenant(),
                () ->
                    narrow
                        .sql()
                        .sql("SELECT tenant_id FROM conversation")
                        .query(UUID.class)
                        .list());
        assertThat(owners).containsExactly(home.tenant());
      }
      return true;
    };
  }

  private static String ownRole() {
    return db.sql().sql("SELECT current_user::text").query(String.class).single();
  }

  private static String role(JdbcClient client) {
    return client.sql("SELECT current_user::text").query(String.class).single();
  }

  private static int insertTenant(UUID id) {
    return db.sql().sql("INSERT INTO tenant (id, name) VALUES (?, 'x')").params(id).update();
  }

  private static int tenants(UUID id) {
    return db.inSystem(() ->
        db.sql()
            .sql("SELECT count(*) FROM tenant WHERE id = ?")
            .params(id)
            .query(Integer.class)
            .single());
  }
}
