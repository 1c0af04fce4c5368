/** What a model card needs and no program can know, with its title in the card. */
export const CARD_STATEMENTS = {
  intendedUse: "Intended use",
  intendedUsers: "Intended users",
  outOfScope: "Out-of-scope uses",
  carePathway: "Place in the care pathway",
  population: "Intended patients and setting",
  referenceStandard: "Reference standard",
  eligibility: "How patients and films were chosen",
  missingData: "How missing and indeterminate readings were handled",
  inequalities: "Known inequalities and fairness",
  ethics: "Ethics approval and consent",
  registration: "Study protocol and registration",
  involvement: "Involvement of patients and the public",
  dataAvailability: "Availability of the data",
  monitoring: "Monitoring and oversight in use",
  risks: "Risks, and what to do when it fails",
  funding: "Funding",
  conflicts: "Conflicts of interest",
  licence: "Licence of the model",
  citation: "Citation",
  contact: "Contact",
} as const;

export type CardStatement = keyof typeof CARD_STATEMENTS;

/** Titles of what nobody has stated. */
export const unstated = (stated: Readonly<Partial<Record<CardStatement, unknown>>>): string[] =>
  Object.entries(CARD_STATEMENTS).flatMap(([key, title]) =>
    stated[key as CardStatement] === undefined ? [title] : [],
  );
