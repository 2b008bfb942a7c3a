package dev.talkmill.jobs.simulation;

/**
 * Between which two side effects a process must have died in the course of many histories. The
 * numbers are those of the failure model; what it names besides lies outside of this module.
 */
enum CrashPoint {
  /** K2, before an acknowledgement: the client asks again. */
  REQUEST_BEFORE_COMMIT("REQUEST", Moment.BEFORE_COMMIT),
  REQUEST_AFTER_COMMIT("REQUEST", Moment.AFTER_COMMIT),
  /** K13, parts of an upload and the object they are joined to. */
  REQUEST_AFTER_UPLOAD("REQUEST", Moment.AFTER_UPLOAD),
  REQUEST_BEFORE_JOIN("REQUEST", Moment.BEFORE_JOIN),
  REQUEST_AFTER_JOIN("REQUEST", Moment.AFTER_JOIN),
  /** K3, rows and their jobs. */
  RELAY_BEFORE_COMMIT("RELAY", Moment.BEFORE_COMMIT),
  RELAY_AFTER_COMMIT("RELAY", Moment.AFTER_COMMIT),
  /** K4, a job that was given out and its claim. */
  CLAIM_BEFORE_COMMIT("CLAIM", Moment.BEFORE_COMMIT),
  CLAIM_AFTER_COMMIT("CLAIM", Moment.AFTER_COMMIT),
  STORE_BEFORE_PUT("STORE", Moment.BEFORE_PUT),
  STORE_AFTER_PUT("STORE", Moment.AFTER_PUT),
  STORE_BEFORE_COMMIT("STORE", Moment.BEFORE_COMMIT),
  STORE_AFTER_COMMIT("STORE", Moment.AFTER_COMMIT),
  PREPARE_BEFORE_GET("PREPARE", Moment.BEFORE_GET),
  PREPARE_BEFORE_DECODING("PREPARE", Moment.BEFORE_DECODING),
  PREPARE_AFTER_DECODING("PREPARE", Moment.AFTER_DECODING),
  PREPARE_BEFORE_PUT("PREPARE", Moment.BEFORE_PUT),
  PREPARE_AFTER_PUT("PREPARE", Moment.AFTER_PUT),
  PREPARE_BEFORE_COMMIT("PREPARE", Moment.BEFORE_COMMIT),
  PREPARE_AFTER_COMMIT("PREPARE", Moment.AFTER_COMMIT),
  /** K5 and K6, a call that is announced and its answer. */
  TRANSCRIBE_BEFORE_RECOGNITION("TRANSCRIBE", Moment.BEFORE_RECOGNITION),
  TRANSCRIBE_AFTER_RECOGNITION("TRANSCRIBE", Moment.AFTER_RECOGNITION),
  /** K7 and K8, a result, the end of its row and that of its job. */
  TRANSCRIBE_BEFORE_COMMIT("TRANSCRIBE", Moment.BEFORE_COMMIT),
  TRANSCRIBE_AFTER_COMMIT("TRANSCRIBE", Moment.AFTER_COMMIT),
  /** K9, the next stage. */
  AGGREGATE_BEFORE_COMMIT("AGGREGATE", Moment.BEFORE_COMMIT),
  AGGREGATE_AFTER_COMMIT("AGGREGATE", Moment.AFTER_COMMIT),
  SUMMARIZE_BEFORE_SUMMARY("SUMMARIZE", Moment.BEFORE_SUMMARY),
  SUMMARIZE_AFTER_SUMMARY("SUMMARIZE", Moment.AFTER_SUMMARY),
  SUMMARIZE_BEFORE_COMMIT("SUMMARIZE", Moment.BEFORE_COMMIT),
  SUMMARIZE_AFTER_COMMIT("SUMMARIZE", Moment.AFTER_COMMIT),
  /** K14, an erasure half-way. */
  ERASE_AFTER_LIST("ERASE", Moment.AFTER_LIST),
  ERASE_BEFORE_DELETE("ERASE", Moment.BEFORE_DELETE),
  ERASE_AFTER_DELETE("ERASE", Moment.AFTER_DELETE),
  ERASE_BEFORE_COMMIT("ERASE", Moment.BEFORE_COMMIT),
  /** What heals must survive itself. */
  SWEEPS_BEFORE_COMMIT("SWEEPS", Moment.BEFORE_COMMIT),
  SWEEPS_AFTER_COMMIT("SWEEPS", Moment.AFTER_COMMIT),
  HOUSEKEEPING_BEFORE_COMMIT("HOUSEKEEPING", Moment.BEFORE_COMMIT),
  HOUSEKEEPING_BEFORE_DELETE("HOUSEKEEPING", Moment.BEFORE_DELETE),
  HOUSEKEEPING_AFTER_DELETE("HOUSEKEEPING", Moment.AFTER_DELETE),
  HEARTBEAT_BEFORE_COMMIT("HEARTBEAT", Moment.BEFORE_COMMIT),
  HEARTBEAT_AFTER_COMMIT("HEARTBEAT", Moment.AFTER_COMMIT);

  private final String where;
  private final Moment moment;

  CrashPoint(String where, Moment moment) {
    this.where = where;
    this.moment = moment;
  }

  boolean is(String place, Moment reached) {
    return moment == reached && where.equals(place);
  }

  /** Of a process that clients talk to. */
  boolean ofClients() {
    return where.equals("REQUEST");
  }

  boolean ofErasure() {
    return where.equals("ERASE");
  }

  /** What a process is at there, for example a stage. */
  String where() {
    return where;
  }

  /** As a chronicle names it. */
  String label() {
    return where + " " + moment;
  }
}
