/** Whether a model learned from drawn phantoms or from films of patients. */
export type DataKind = "phantom" | "films";
