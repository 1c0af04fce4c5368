/** What train-program.ts says on stderr where a step begins that should not. */
export const BEGUN_AFTER_STOP = "a step was begun after the stop was heard";
