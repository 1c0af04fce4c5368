/**
 * Why set-up stopped: one sentence that says what is wrong and one that says how to mend it.
 * `exitCode` as everywhere in Hilum: 64 the machine lacks something, 75 trying again may do.
 */
export class SetupError extends Error {
  /**
   * @param {string} message what is wrong
   * @param {string} mend what to do about it
   * @param {64 | 75} exitCode
   */
  constructor(message, mend, exitCode) {
    super(`${message}\n  ${mend}`);
    this.name = "SetupError";
    this.exitCode = exitCode;
  }
}
