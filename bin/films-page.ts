import {
  type Code,
  FILM_REFUSALS,
  FILM_WARNINGS,
  MAP_WARNINGS,
  REQUEST_PROBLEMS,
  SERVICE_PROBLEMS,
} from "../lib/contracts/codes.ts";
import { NOT_READ, READ } from "../lib/imaging/dicom/transfer-syntaxes.ts";
import { table } from "./markdown.ts";

const FORMATS = [
  ["PNG", "1 to 16 bits; grey, colour, palette; interlaced; `eXIf` orientation", "animations"],
  [
    "JPEG",
    "8 bits, baseline and progressive; grey, colour, CMYK; EXIF orientation; without its end marker where its picture is whole",
    "12 and 16 bits, lossless, JPEG-LS",
  ],
  ["TIFF", "8 and 16 bits; strips and tiles; LZW, deflate, PackBits, JPEG; either polarity", "floats, several pages"],
  ["WebP", "lossy and lossless", "animations"],
  ["DICOM", "CR, DX, DR and RG; see below", "other modalities, other parts of the body, several frames"],
] as const;

const problems = (codes: Readonly<Record<string, Code>>): string =>
  table(
    ["code", "status", "what it says"],
    Object.entries(codes).map(([code, { status, text }]) => [`\`${code}\``, String(status), text]),
  );

const warnings = (codes: Readonly<Record<string, string>>): string =>
  table(
    ["code", "what it says"],
    Object.entries(codes).map(([code, text]) => [`\`${code}\``, text]),
  );

const syntaxes = (names: Readonly<Record<string, string>>): string =>
  table(
    ["transfer syntax", "name"],
    Object.entries(names).map(([uid, name]) => [`\`${uid}\``, name]),
  );

/** docs/films.md */
export const filmsPage = (): string => `# Films: what is read, refused and warned of

What a file is, its first bytes say, never its name. Serving, the command line and preparation read alike. The tables of codes
and transfer syntaxes are made from \`lib/contracts/codes.ts\` and \`lib/imaging/dicom/transfer-syntaxes.ts\`.

${table(["format", "what is read", "what is refused"], FORMATS)}

No film has more than 25 million pixels. Beyond four million it needs a byte of file for each hundred, and in JPEG 2000 and JPEG-LS,
which take long to decode, a byte of what is coded for each 64: films without loss have at most 7 in a byte, JPEG 2000 at 1 to 50 has
52. What has more is refused by its header (\`film-size\`).

Colour becomes grey by Rec. 601 luma; alpha is left out. A film of 16 bits whose values fill fewer is as deep as they are.

## DICOM

Encoding is seen in the bytes, since headers have been wrong of it: byte order, explicit or implicit, with or without preamble and
meta header ([0021](adr/0021-a-dicom-reader-of-our-own.md)). From stored words to grey, by PS3.3:

1. stored bits below the high bit, with their sign (C.7.6.3); padding is black (C.7.5.1.1.2);
2. modality LUT, or slope and intercept (C.11.1);
3. VOI LUT, or the first window that shows the film (C.11.2). A window that spans just another bit depth than the film's, such
   as 128/256 on 12 bits, or shows next to nothing of the film, is left out and told as \`window-left-out\`; without one the film
   is shown over its whole depth. A table is as deep as its largest entry, whatever its descriptor declares;
4. MONOCHROME1, or a presentation LUT of shape INVERSE, is turned round, once (C.7.6.3.1.2, C.8.11.3.1.2);
5. pixels that are not square are drawn out (C.7.6.3.1.7), and a film that is stored mirrored or turned is set upright by
   PatientOrientation, or by the cosines of ImageOrientationPatient (C.7.6.1.1.1), and told as \`orientation-undone\`.

A film is doubted as lateral or oblique where any of ViewPosition, ViewCodeSequence (SNOMED CT and RT), PatientOrientation or, for want
of a known position, the descriptions of series, protocol and device say so.

${syntaxes(READ)}

Refused by name (\`dicom-transfer-syntax\`), as are JPEG's retired processes (52 to 56, 58 to 66):

${syntaxes(NOT_READ)}

## Warnings

The answer stands, with caution; with \`out-of-distribution\` no decision is given. Told on the page, by \`predict\` (text, JSON, the
column \`Warnings\` of CSV) and in the API's \`warnings\` and \`x-film-warnings\`. In a run, all warnings that come of file and pixels
stand beside the film in its shard; such films are learned from and tested on, and are counted by warning in the report, the model
card, on the run's page and at its end, and in an external validation.

${warnings(FILM_WARNINGS)}

Of a heat map that is blank:

${warnings(MAP_WARNINGS)}

## Refusals

At every door by the same code; what a message adds in brackets is this film's. In a run such a film is set aside and counted.

${problems(FILM_REFUSALS)}

## Other problems of a request

${problems(REQUEST_PROBLEMS)}

${problems(SERVICE_PROBLEMS)}
`;
