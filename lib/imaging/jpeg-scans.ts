import { refusal } from "../contracts/codes.ts";
import { jpegSegments } from "../domain/jpeg-segments.ts";

/**
 * Each scan goes over all coefficients again, so that a file of some kilobytes takes minutes with enough of them.
 * Encoders make ten at most.
 */
const MOST_SCANS = 100;
const START_OF_SCAN = Buffer.of(0xff, 0xda);

/**
 * Counts a JPEG's scans (ITU T.81, B.2.1) by their markers: in coded data 0xff is followed by 0 or a restart's number
 * (B.1.1.2).
 * @throws InputError `film-too-slow` for more of them than a film has
 */
export function checkScans(jpeg: Buffer): void {
  // A preview in front of the first scan has scans of its own.
  let at = [...jpegSegments(jpeg)].at(-1)?.end ?? 0;
  for (let scans = 0; ; scans += 1) {
    if (scans > MOST_SCANS) throw refusal("film-too-slow", `more than ${MOST_SCANS} scans of a JPEG`);
    at = jpeg.indexOf(START_OF_SCAN, at);
    if (at < 0) return;
    at += START_OF_SCAN.length;
  }
}
