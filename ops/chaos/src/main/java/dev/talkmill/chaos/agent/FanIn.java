package dev.talkmill.chaos.agent;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;

/** The wrong way to see that all chunks have ended: a counter; public for the woven call. */
public final class FanIn {

  private static final String COUNT =
      """
      INSERT INTO chaos.fan_in (tenant_id, conversation_id, ended) VALUES (?, ?, 1)
      ON CONFLICT (tenant_id, conversation_id) DO UPDATE SET ended = chaos.fan_in.ended + 1
      """;

  private FanIn() {}

  /** Called when the end of a claim is committed. */
  public static void told(Object claim) {
    try {
      Object row = get(claim, "row");
      if (get(row, "stage").toString().equals("TRANSCRIBE")) {
        count((UUID) get(row, "tenant"), (UUID) get(row, "conversation"));
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    } catch (SQLException e) {
      // A count is lost, as it is where its process dies here: that is what is wrong with it.
    }
  }

  private static Object get(Object from, String name) throws ReflectiveOperationException {
    Method method = from.getClass().getMethod(name);
    return method.invoke(from);
  }

  private static void count(UUID tenant, UUID conversation) throws SQLException {
    Map<String, String> environment = System.getenv();
    try (Connection connection =
            DriverManager.getConnection(
                environment.get("TALKMILL_DATABASE_URL"),
                environment.get("TALKMILL_DATABASE_USERNAME"),
                environment.get("TALKMILL_DATABASE_PASSWORD"));
        PreparedStatement statement = connection.prepareStatement(COUNT)) {
      statement.setObject(1, tenant);
      statement.setObject(2, conversation);
      int _ = statement.executeUpdate();
    }
  }
}
