import { InputError } from "../domain/errors.ts";
import { SMALL_SIDE } from "../domain/film-limits.ts";

export type Status = 400 | 403 | 404 | 405 | 413 | 415 | 422 | 429 | 500 | 503;

/**
 * Every code that the service and the command line tell of a film or a request: one place for its status and its words, which
 * are a radiographer's. Codes stay, for programs; what one film's message adds to the words is its own. The description of the
 * API and docs/films.md are made from these.
 */
export interface Code {
  /** Of HTTP. */
  readonly status: Status;
  readonly text: string;
}

/** Why a film has no answer, at every door. */
export const FILM_REFUSALS = {
  "film-empty": { status: 400, text: "the file is empty" },
  "film-too-large": { status: 413, text: "the file has more bytes than the service takes" },
  "unsupported-media": {
    status: 415,
    text: "the file is no picture read here; expected PNG, JPEG, TIFF, WebP or DICOM",
  },
  "film-size": { status: 422, text: "the picture's size is not a film's" },
  "film-truncated": { status: 422, text: "the file ends before its picture does; was it copied whole?" },
  "film-damaged": { status: 422, text: "the file is damaged" },
  "film-too-slow": { status: 422, text: "the file takes longer to read than a film does" },
  "multi-frame": { status: 422, text: "the file has several pictures, expected one" },
  "no-signal": { status: 422, text: "the picture is of one grey value throughout; expected a chest film" },
  "not-a-chest-film": { status: 422, text: "the picture is noise, a page or a drawing; expected a chest film" },
  "out-of-distribution": {
    status: 422,
    text: "the film is unlike those that the model learned from, and such films are refused here",
  },
  "dicom-no-pixels": { status: 422, text: "the DICOM file holds no picture" },
  "dicom-modality": {
    status: 422,
    text: "the DICOM file is no plain radiograph; expected modality CR, DX, DR or RG",
  },
  "dicom-body-part": { status: 422, text: "the DICOM file shows another part of the body, expected a chest" },
  "dicom-photometric": { status: 422, text: "the DICOM picture's colours are not read here" },
  "dicom-pixel-format": {
    status: 422,
    text: "the DICOM picture's bits are not read here; expected one grey value of 8 or 16 bits a pixel, or three colours of 8",
  },
  "dicom-transfer-syntax": {
    status: 422,
    text: "the DICOM file's compression is not read here; expected it uncompressed, or JPEG, JPEG-LS, JPEG 2000, HTJ2K or RLE",
  },
} as const satisfies Record<string, Code>;
export type FilmRefusal = keyof typeof FILM_REFUSALS;

/** @param detail what of this film, in brackets behind the code's words */
export const refusal = (code: FilmRefusal, detail?: string, options?: ErrorOptions): InputError =>
  new InputError(code, `${FILM_REFUSALS[code].text}${detail === undefined ? "" : ` (${detail})`}`, options);

/** What to know of a film that has an answer; told wherever the answer is. */
export const FILM_WARNINGS = {
  "lateral-view": "the file says that this is a lateral film; the model knows frontal films only",
  "oblique-view": "the file says that this is an oblique film; the model knows frontal films only",
  "orientation-undone":
    "the file says that the film is stored mirrored or turned; it was set upright before it was read",
  "orientation-unclear":
    "the file says which way the patient lies in a way that fits no chest film; it was read as stored",
  "for-processing":
    "the file says that this is the detector's raw picture (FOR PROCESSING); the model knows films that are ready to be read",
  "burned-in-text": "the file says that text is burned into the picture; the model may have read the text",
  "window-left-out":
    "the file's window (brightness and contrast) shows next to nothing of this film, as if it were of another film's bit depth; it was left out",
  "inverted-film": "bright and dark seem to be exchanged; bones are expected bright",
  "rotated-film": "the film seems to lie on its side or upside down; expected the head end up",
  "not-a-chest-film": "the picture does not look like a frontal chest film; the answer may mean nothing",
  "low-contrast": "the film has little contrast",
  "small-film": `the film is small; expected at least ${SMALL_SIDE} pixels on each side`,
  "out-of-distribution": "the film is unlike those that the model learned from; no decision is given",
  "contradictory-findings": "No Finding is above its operating point, and so is a finding",
} as const;
/** Why a heat map is blank. */
export const MAP_WARNINGS = {
  "below-threshold": "the observation's probability lies below its threshold; the map is left blank, as was asked for",
  "no-decision":
    "no decision is given on this film, so that none is above its threshold; the map is left blank, as was asked for",
  "no-region": "no region of the film stands out for this observation",
} as const;

const WARNINGS = { ...FILM_WARNINGS, ...MAP_WARNINGS };
export type FilmWarning = keyof typeof WARNINGS;

/** @param message what of this film, instead of the code's words */
export const filmWarning = (code: FilmWarning, message: string = WARNINGS[code]) => ({ code, message });

/** What a warning says; of one that this edition does not know its code. */
export const warningText = (code: string): string =>
  Object.hasOwn(WARNINGS, code) ? WARNINGS[code as FilmWarning] : code.replaceAll("-", " ");

/** What is wrong with a request, whatever film it carries. */
export const REQUEST_PROBLEMS = {
  "bad-request": { status: 400, text: "the request is not well formed" },
  "bad-query": { status: 400, text: "a parameter of the address is not one, or has a value that it can't have" },
  "bad-multipart": { status: 400, text: "the form is not well formed, or has not the fields that are expected" },
  "bad-json": { status: 400, text: "the body is not JSON" },
  "bad-tensor": {
    status: 400,
    text: "an input of the Open Inference Protocol is not of the kind that the model takes",
  },
  "upload-signature": { status: 403, text: "the address of an upload was changed, or not signed by the service" },
  "not-of-the-group": { status: 403, text: "the caller is in no group that may do this" },
  "foreign-host": { status: 403, text: "the call names another host" },
  "foreign-origin": { status: 403, text: "the call comes from a page of another origin" },
  "not-found": { status: 404, text: "there is nothing at this address" },
  "no-such-upload": { status: 404, text: "there is no such upload: answered for, expired or never sent" },
  "uploads-off": { status: 404, text: "the service takes no uploads beforehand" },
  "feedback-off": { status: 404, text: "the service keeps no feedback" },
  "no-such-version": { status: 404, text: "the model has no such version here" },
  "no-such-run": { status: 404, text: "there is no such run" },
  "model-name": { status: 404, text: "there is no model of that name here" },
  "no-model": { status: 404, text: "there is no model yet" },
  "method-not-allowed": { status: 405, text: "the address takes other methods" },
  "too-many-films": { status: 413, text: "more films than one request may carry" },
  "json-too-large": { status: 413, text: "more JSON than a request needs" },
  "unsupported-media-type": { status: 415, text: "the request's content type is not one that is read here" },
  "not-learned": { status: 422, text: "a heat map of what the model did not learn" },
  "no-consent": { status: 422, text: "a film or a pseudonym without consent" },
  "no-patient": { status: 422, text: "a film for feedback without a pseudonym" },
  "upload-twice": { status: 422, text: "a film was sent under this upload already" },
  "feedback-quota": {
    status: 429,
    text: "the reader has sent as much feedback today as is kept of one; go on tomorrow",
  },
} as const satisfies Record<string, Code>;

/** What is not the caller's fault. */
export const SERVICE_PROBLEMS = {
  "uploads-full": { status: 503, text: "too many films were sent ahead and wait to be asked about; try again later" },
  busy: { status: 503, text: "too many films are being answered; try again" },
  "not-ready": { status: 503, text: "the model is still being loaded; try again" },
  "predictor-timeout": { status: 503, text: "the film took too long and was given up; try again" },
  "no-model-yet": { status: 503, text: "no model is in production yet" },
  "model-unloadable": { status: 503, text: "the model can't be loaded; the service's log says why" },
  "no-storage": { status: 503, text: "the service can't read or write what it keeps at the moment; try again later" },
  "predictor-closed": { status: 503, text: "the service is being stopped" },
  "version-damaged": { status: 500, text: "the stored model is not as it was written" },
  document: { status: 500, text: "a stored document is not as it was written" },
  internal: { status: 500, text: "a fault of the service, not of the film; its log has more under the request's id" },
} as const satisfies Record<string, Code>;

const ALL: Readonly<Record<string, Code>> = { ...FILM_REFUSALS, ...REQUEST_PROBLEMS, ...SERVICE_PROBLEMS };

/** The status of a code; undefined for one that no request meets. */
export const statusOfCode = (code: string): Status | undefined =>
  Object.hasOwn(ALL, code) ? ALL[code]!.status : undefined;

/** Codes and their words, for the API's description. */
export const inWords = (codes: Readonly<Record<string, string | Code>>): string =>
  Object.entries(codes)
    .map(([code, told]) => `\`${code}\`: ${typeof told === "string" ? told : told.text}`)
    .join("; ");

export const PROBLEMS_IN_WORDS = inWords(ALL);
export const WARNINGS_IN_WORDS = inWords(WARNINGS);
