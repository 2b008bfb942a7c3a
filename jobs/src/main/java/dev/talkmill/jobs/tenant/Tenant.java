package dev.talkmill.jobs.tenant;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.ReadOnlyProperty;
import org.springframework.data.relational.core.mapping.Table;

/**
 * A row of {@code tenant}.
 *
 * @param createdAt the database's time; null before the row is written
 */
@Table("tenant")
public record Tenant(@Id UUID id, String name, @ReadOnlyProperty @Nullable Instant createdAt) {}
