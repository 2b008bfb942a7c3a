/** The bucket, spoken to over the S3 protocol. */
@NullMarked
package dev.talkmill.worker.s3;

import org.jspecify.annotations.NullMarked;
