/**
 * The 14 observations of CheXpert in the order of its CSV columns (Irvin et al. 2019, table 1).
 * The one place their names stand; types, schemas, CSV headers and page labels derive from it.
 */
export const OBSERVATIONS = [
  "No Finding",
  "Enlarged Cardiomediastinum",
  "Cardiomegaly",
  "Lung Opacity",
  "Lung Lesion",
  "Edema",
  "Consolidation",
  "Pneumonia",
  "Atelectasis",
  "Pneumothorax",
  "Pleural Effusion",
  "Pleural Other",
  "Fracture",
  "Support Devices",
] as const;

export type Observation = (typeof OBSERVATIONS)[number];

export const OBSERVATION_COUNT = OBSERVATIONS.length;

/** Column of an observation, 0 to 13. */
export const observationIndex = (name: Observation): number => OBSERVATIONS.indexOf(name);

/** A value for each observation, in their order, made from its name and column. */
export const forEachObservation = <T>(make: (name: Observation, index: number) => T): T[] => OBSERVATIONS.map(make);
