/** The vocabulary of the ledger: stages, states and the transitions between them. */
@NullMarked
package dev.talkmill.pipeline.ledger;

import org.jspecify.annotations.NullMarked;
