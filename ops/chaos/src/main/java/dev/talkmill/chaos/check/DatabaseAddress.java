package dev.talkmill.chaos.check;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** Where the database is, for its owner. */
public record DatabaseAddress(String url, String username, String password) {

  private static final String SECONDS_MAX = "60";

  /** A connection whose statements see the application's schema. */
  public Connection open() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", username);
    properties.setProperty("password", password);
    properties.setProperty("currentSchema", "talkmill");
    properties.setProperty("ApplicationName", "chaos");
    properties.setProperty("connectTimeout", SECONDS_MAX);
    properties.setProperty("socketTimeout", SECONDS_MAX);
    return DriverManager.getConnection(url, properties);
  }

  @Override
  public String toString() {
    return url;
  }
}
