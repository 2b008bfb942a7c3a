package dev.talkmill.jobs.simulation;

/** A defect, put between the code and the database. The defaults have none. */
interface Mutation {

  /** The code as it is. */
  Mutation NONE = new Mutation() {};

  /** Another text for a statement on its way. */
  default String change(String sql) {
    return sql;
  }

  /** Whether a commit that did not take place is taken for one that did. */
  default boolean acknowledgesWhatIsLost() {
    return false;
  }

  /** Whether what jobs are saved with is committed before they are. */
  default boolean commitsBeforeJobs() {
    return false;
  }
}
