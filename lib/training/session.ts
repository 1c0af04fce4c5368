/** The interface between the loop and the engine; it stands beside what implements it. */
export type { Batch, TrainingSession, TrainingState } from "../model/session.ts";
