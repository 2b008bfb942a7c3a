/** What docs/ARCHITECTURE.md and README.md say of the code, held against the code. */
@NullMarked
package dev.talkmill.worker.architecture;

import org.jspecify.annotations.NullMarked;
