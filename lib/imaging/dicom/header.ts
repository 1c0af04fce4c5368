import type { FilmWarning } from "../../contracts/codes.ts";
import { refusal } from "../../contracts/codes.ts";
import { checkSize } from "../film.ts";
import { code, type DataSet, decimal, text, uint16 } from "./data-set.ts";
import { TAG } from "./tags.ts";

/** How pixels are stored (PS3.3, C.7.6.3). */
export interface PixelFormat {
  readonly rows: number;
  readonly columns: number;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  readonly photometric: Photometric;
  /** Values of one pixel: 3 for a colour picture. */
  readonly samples: 1 | 3;
  /** Whether the colours of an uncompressed picture lie plane after plane. */
  readonly planar: boolean;
}

/** Photometric interpretations that are read, and how many values a pixel has in each; some writers name colours grey. */
const SAMPLES = {
  MONOCHROME1: [1, 3],
  MONOCHROME2: [1, 3],
  "PALETTE COLOR": [1],
  RGB: [3],
  YBR_FULL: [3],
  YBR_FULL_422: [3],
  YBR_ICT: [3],
  YBR_RCT: [3],
} as const;
export type Photometric = keyof typeof SAMPLES;

/** One value a pixel, unless a writer named colours so. */
export const isGrey = (photometric: Photometric): boolean => photometric.startsWith("MONOCHROME");

const isSampleCount = (samples: number): samples is 1 | 3 => samples === 1 || samples === 3;

const isPhotometric = (name: string | undefined): name is Photometric =>
  name !== undefined && Object.hasOwn(SAMPLES, name);

/** Plain radiographs: computed, digital, on film, and what older consoles call them. */
const MODALITIES = new Set(["CR", "DX", "DR", "RG"]);

const CHEST = /CHEST|THORA|TORAX|LUNG|PULM|RIB|STERN|HEART/;
/** Body parts of PS3.16, annex L, that no chest film shows alone. Free text that is none of them is let through. */
const ELSEWHERE =
  /ABDOM|ANKLE|ARM|BREAST|CALCAN|COCCYX|ELBOW|EXTREM|FEMUR|FINGER|FOOT|HAND|HEAD|HIP|HUMER|JAW|KNEE|LEG|NECK|PELVI|SKULL|SHOULDER|SINUS|SPINE|THIGH|THUMB|TOE|WRIST|WHOLE ?BODY/;

/** @throws InputError where the header says that this is no film of a chest, or nothing that can be read */
export function readPixelFormat(dataSet: DataSet): PixelFormat {
  if (!dataSet.elements.has(TAG.PixelData)) {
    throw refusal("dicom-no-pixels");
  }
  refuseOtherFilms(dataSet);
  const frames = decimal(dataSet, TAG.NumberOfFrames) ?? 1;
  if (frames > 1) throw refusal("multi-frame", `${frames} frames`);
  const photometric = code(dataSet, TAG.PhotometricInterpretation);
  if (!isPhotometric(photometric)) {
    const expected = Object.keys(SAMPLES).join(", ");
    throw refusal("dicom-photometric", `expected ${expected}`);
  }
  const rows = uint16(dataSet, TAG.Rows) ?? 0;
  const columns = uint16(dataSet, TAG.Columns) ?? 0;
  checkSize(columns, rows);
  const bitsAllocated = uint16(dataSet, TAG.BitsAllocated);
  const bitsStored = uint16(dataSet, TAG.BitsStored) ?? bitsAllocated ?? 0;
  const highBit = uint16(dataSet, TAG.HighBit) ?? bitsStored - 1;
  const samples = uint16(dataSet, TAG.SamplesPerPixel) ?? 1;
  const sound = bitsStored >= 1 && bitsStored <= highBit + 1 && SAMPLES[photometric].some((count) => count === samples);
  const read = bitsAllocated === 8 || (bitsAllocated === 16 && samples === 1);
  if (!read || highBit >= bitsAllocated || !sound || !isSampleCount(samples)) {
    throw refusal("dicom-pixel-format");
  }
  const signed = uint16(dataSet, TAG.PixelRepresentation) === 1;
  const planar = uint16(dataSet, TAG.PlanarConfiguration) === 1;
  return { rows, columns, bitsAllocated, bitsStored, highBit, signed, photometric, samples, planar };
}

function refuseOtherFilms(dataSet: DataSet): void {
  const modality = code(dataSet, TAG.Modality);
  if (modality !== undefined && !MODALITIES.has(modality)) {
    throw refusal("dicom-modality");
  }
  const bodyPart = code(dataSet, TAG.BodyPartExamined);
  if (bodyPart !== undefined && !CHEST.test(bodyPart) && ELSEWHERE.test(bodyPart)) {
    throw refusal("dicom-body-part");
  }
}

/** Digital X-Ray Image Storage - For Processing (PS3.4, B.5). */
const RAW_CLASS = "1.2.840.10008.5.1.4.1.1.1.1.1";

/** What else the header says of the picture that the model can't know. */
export function readStatements(dataSet: DataSet): FilmWarning[] {
  const intent = code(dataSet, TAG.PresentationIntentType);
  const isRaw = intent === "FOR PROCESSING" || (intent === undefined && text(dataSet, TAG.SOPClassUID) === RAW_CLASS);
  return [
    ...(isRaw ? (["for-processing"] as const) : []),
    ...(code(dataSet, TAG.BurnedInAnnotation) === "YES" ? (["burned-in-text"] as const) : []),
  ];
}
