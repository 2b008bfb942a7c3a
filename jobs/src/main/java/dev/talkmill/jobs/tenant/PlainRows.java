package dev.talkmill.jobs.tenant;

import dev.talkmill.jobs.postgres.Database;
import java.util.List;
import org.springframework.data.jdbc.core.JdbcAggregateTemplate;
import org.springframework.data.jdbc.core.convert.DataAccessStrategy;
import org.springframework.data.jdbc.core.convert.DataAccessStrategyFactory;
import org.springframework.data.jdbc.core.convert.DefaultJdbcTypeFactory;
import org.springframework.data.jdbc.core.convert.JdbcCustomConversions;
import org.springframework.data.jdbc.core.convert.MappingJdbcConverter;
import org.springframework.data.jdbc.core.convert.QueryMappingConfiguration;
import org.springframework.data.jdbc.core.dialect.JdbcPostgresDialect;
import org.springframework.data.jdbc.core.mapping.JdbcMappingContext;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/**
 * Spring Data JDBC for rows that are written and read as a whole. It joins the transaction of a
 * {@link Database} scope, because it borrows from the same data source. Rows with a key of two
 * columns are read and written by named statements instead.
 */
final class PlainRows {

  private PlainRows() {}

  static JdbcAggregateTemplate of(Database database) {
    NamedParameterJdbcTemplate statements = new NamedParameterJdbcTemplate(database.dataSource());
    JdbcPostgresDialect dialect = JdbcPostgresDialect.INSTANCE;
    JdbcCustomConversions conversions = JdbcCustomConversions.of(dialect, List.of());
    JdbcMappingContext context = new JdbcMappingContext();
    context.setSimpleTypeHolder(conversions.getSimpleTypeHolder());
    context.afterPropertiesSet();
    MappingJdbcConverter converter =
        new MappingJdbcConverter(
            context,
            (identifier, path) -> {
              throw new IllegalStateException("plain rows have no relations, but " + path);
            },
            conversions,
            new DefaultJdbcTypeFactory(statements.getJdbcOperations(), dialect.getArraySupport()));
    DataAccessStrategy strategy =
        new DataAccessStrategyFactory(
                converter, statements, dialect, QueryMappingConfiguration.EMPTY)
            .create();
    return new JdbcAggregateTemplate(converter, strategy);
  }
}
