/** Where films come from: drawn by lib/phantoms, published for research, or a user's own. */
export const SOURCE_KINDS = ["phantom", "public", "own"] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** What a model learned from: drawings, if any of its sources is drawn, or films of patients alone. */
export const DATA_KINDS = ["phantom", "films"] as const;
export type DataKind = (typeof DATA_KINDS)[number];

interface OfKind {
  readonly kind: SourceKind;
}

/** One drawn source is enough: figures over drawings and films together say nothing of films. */
export const kindOf = (sources: readonly OfKind[]): DataKind =>
  sources.some(({ kind }) => kind === "phantom") ? "phantom" : "films";

/** Name of the data set that the study was made on. */
export const CHEXPERT = "CheXpert";

/** Whether figures may stand beside the study's: all films are of that data set. */
export const isOfStudy = (sources: readonly (OfKind & { readonly name: string })[] | undefined): boolean =>
  sources !== undefined &&
  sources.length > 0 &&
  sources.every(({ name, kind }) => name === CHEXPERT && kind === "public");

/** Preset of the run that draws its own films. */
export const DEMO = "demo";

/**
 * What a model version learned from. Versions made before sources were recorded have none: those of the demo's preset
 * learned from drawings, and any other counts as films. That is the safe side of both: no model of drawings takes the
 * place of one that may have learned from patients, and the demo's model is never shown as more than it is.
 */
export const kindOfVersion = ({
  name,
  provenance,
}: {
  readonly name: string;
  readonly provenance?: readonly OfKind[] | undefined;
}): DataKind => (provenance === undefined ? (name === DEMO ? "phantom" : "films") : kindOf(provenance));

/** Whether no film of a patient was among what a version learned from: it decides on drawings, and on nothing else. */
export const isOfDrawingsAlone = (version: Parameters<typeof kindOfVersion>[0]): boolean =>
  kindOfVersion(version) === "phantom" && (version.provenance?.every(({ kind }) => kind === "phantom") ?? true);

/** Stands in the header (EXIF, `Software`) of every file that lib/phantoms makes. */
export const DRAWN_BY = "Hilum phantom: drawn, no patient";

/** Said wherever a model of drawings shows itself; null where there is nothing to say. */
export function cautionOf(version: Parameters<typeof kindOfVersion>[0]): string | null {
  if (kindOfVersion(version) === "films") return null;
  return isOfDrawingsAlone(version)
    ? "Learned from drawings, not from patients: its figures and answers say nothing about real films."
    : "Learned from drawings and patients' films mixed: its figures and answers say nothing about real films.";
}

/** The same in a list's line. */
export const KIND_NOTES: Readonly<Record<DataKind, string>> = { phantom: "learned from drawings", films: "" };

/** What the API and the command line tell of what a version learned from. */
export const dataOf = <S extends OfKind>(version: { name: string; provenance?: S[] | undefined }) => ({
  kind: kindOfVersion(version),
  sources: version.provenance ?? [],
  caution: cautionOf(version),
});

/** What is shown where nobody has said. */
export const NOT_STATED = "not stated";

export const KIND_WORDS: Readonly<Record<SourceKind, string>> = {
  phantom: "drawn by a program, no patients",
  public: "published data set",
  own: "own films",
};

/** Facts of a source that its owner may leave out, with their titles. */
export const SOURCE_FACTS = {
  source: "Source",
  licence: "Licence",
  labeller: "Labels made by",
  referenceStandard: "Reference standard",
  dates: "Dates",
} as const;
