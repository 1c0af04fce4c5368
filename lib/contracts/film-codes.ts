import type { Warning } from "./api.ts";

/**
 * What a file's header or its pixels raise of doubts, in a radiographer's words; the code stays, for programs. A warning is
 * told wherever the answer is.
 */
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
} as const;
export type FilmWarning = keyof typeof FILM_WARNINGS;

export const filmWarning = (code: FilmWarning): Warning => ({ code, message: FILM_WARNINGS[code] });
