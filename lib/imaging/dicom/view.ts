import type { FilmWarning } from "../../contracts/codes.ts";
import { code, codes, type DataSet, firstItem, text } from "./data-set.ts";
import { TAG } from "./tags.ts";

type Direction = "frontal" | "lateral" | "oblique";

/** View positions of PS3.3, C.8.11.5, and of older consoles, that are told on; anything else might be a name. */
const POSITIONS: Readonly<Record<string, Direction>> = {
  ...{ PA: "frontal", AP: "frontal", LLD: "frontal", RLD: "frontal" },
  ...{ LATERAL: "lateral", LAT: "lateral", LL: "lateral", RL: "lateral", LLAT: "lateral", RLAT: "lateral" },
  ...{ RLO: "oblique", LLO: "oblique", RAO: "oblique", LAO: "oblique", RPO: "oblique", LPO: "oblique" },
};

const of = (direction: Direction, ...all: string[]): [string, Direction][] => all.map((one) => [one, direction]);

/** Views of PS3.16, CID 4010, by their code in SNOMED CT and in the older SNOMED RT. */
const VIEW_CODES: ReadonlyMap<string, Direction> = new Map([
  // frontal, antero-posterior, postero-anterior
  ...of("frontal", "399033003", "R-10202", "399348003", "R-10206", "272479007", "R-10214", "R-40888"),
  // lateral, right lateral, left lateral, sagittal, medio-lateral, latero-medial
  ...of("lateral", "399067008", "R-102CD", "399198007", "R-10232", "399173006", "R-10236", "30730003", "G-A145"),
  ...of("lateral", "399260004", "R-10224", "399352003", "R-10228"),
  // oblique; right, left; anterior and posterior ones; of a frontal, a lateral and a medial view
  ...of("oblique", "399182000", "R-102C1", "399236003", "R-10234", "399184004", "R-10238"),
  ...of("oblique", "399356000", "R-40985", "399135007", "R-10220", "399038007", "R-10210", "399006002", "R-10212"),
  ...of("oblique", "399160007", "R-10204", "399312000", "R-10208", "399059000", "R-10216", "260427002", "R-40783"),
  ...of("oblique", "260426006", "R-40782", "399368009", "R-10226", "399099002", "R-10230"),
]);

/** Words of free text. A decubitus film is frontal, whatever side the patient lies on; "PA and lateral" tells nothing. */
const LATERAL = /\b[LR]?[ _-]?LAT(ERAL|ERO)?[LR]?\b|\b(PROFIL|PERFIL|SEITLICH)/;
const OBLIQUE = /\bOBLIQUE|\bOBL\b/;
const FRONTAL = /\b(P\.?A|A\.?P|FRONTAL)\b|DECUB/;

function inWords(words: string | undefined): Direction | undefined {
  const plain = words?.toUpperCase().replaceAll("_", " ");
  if (plain === undefined || FRONTAL.test(plain)) return undefined;
  return LATERAL.test(plain) ? "lateral" : OBLIQUE.test(plain) ? "oblique" : undefined;
}

/** Free text that describes this one film or its series; a study's may be of several. */
const DESCRIPTIONS = [TAG.SeriesDescription, TAG.ProtocolName, TAG.AcquisitionDeviceProcessingDescription] as const;

const DOUBTS: Readonly<Record<Direction, readonly FilmWarning[]>> = {
  frontal: [],
  lateral: ["lateral-view"],
  oblique: ["oblique-view"],
};

/**
 * The view as the file names it, and a doubt where any of the places that tell of it (view position, view code, the
 * patient's orientation, descriptions) says that it is not frontal.
 */
export function readView(dataSet: DataSet): { view: string | null; doubts: readonly FilmWarning[] } {
  const position = code(dataSet, TAG.ViewPosition);
  const known = position === undefined ? undefined : POSITIONS[position];
  const said = [
    known ?? inWords(position),
    viewCode(dataSet),
    isSeenFromTheSide(codes(dataSet, TAG.PatientOrientation)) ? ("lateral" as const) : undefined,
    ...(known === "frontal" ? [] : DESCRIPTIONS.map((tag) => inWords(text(dataSet, tag)))),
  ];
  const direction = (["lateral", "oblique"] as const).find((one) => said.includes(one)) ?? "frontal";
  return { view: known === undefined ? null : position!, doubts: DOUBTS[direction] };
}

function viewCode(dataSet: DataSet): Direction | undefined {
  const item = firstItem(dataSet, TAG.ViewCodeSequence);
  if (item === undefined) return undefined;
  return VIEW_CODES.get(code(item, TAG.CodeValue) ?? "") ?? inWords(text(item, TAG.CodeMeaning));
}

/** Rows or columns that run from front to back, or back to front. */
const isSeenFromTheSide = (directions: readonly string[]): boolean =>
  directions.length === 2 && directions.some((direction) => /^[AP]/.test(direction));
