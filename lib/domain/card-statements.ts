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

interface OfSource {
  readonly name: string;
  readonly referenceStandard?: string | undefined;
}

/** The statements with what the data set's own description says, where `card.json` leaves it out. */
export function withSources<T extends Readonly<Partial<Record<CardStatement, string | undefined>>>>(
  stated: T,
  sources: readonly OfSource[] = [],
): T {
  const told = sources.flatMap(({ name, referenceStandard }) =>
    referenceStandard === undefined ? [] : [sources.length > 1 ? `${name}: ${referenceStandard}` : referenceStandard],
  );
  return stated.referenceStandard !== undefined || told.length === 0
    ? stated
    : { ...stated, referenceStandard: told.join("; ") };
}

/** Titles of what nobody has stated. */
export const unstated = (stated: Readonly<Partial<Record<CardStatement, unknown>>>): string[] =>
  Object.entries(CARD_STATEMENTS).flatMap(([key, title]) =>
    stated[key as CardStatement] === undefined ? [title] : [],
  );
