/** Implicit and explicit little endian, deflated, big endian; none where the file has no meta header (PS3.5, annex A). */
export const IMPLICIT = "1.2.840.10008.1.2";
export const EXPLICIT = "1.2.840.10008.1.2.1";
export const DEFLATED = "1.2.840.10008.1.2.1.99";
export const BIG_ENDIAN = "1.2.840.10008.1.2.2";
/** Uncompressed pixels in fragments. */
export const ENCAPSULATED = "1.2.840.10008.1.2.1.98";
export const RLE = "1.2.840.10008.1.2.5";

export const UNCOMPRESSED: ReadonlySet<string> = new Set(["", IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN, ENCAPSULATED]);

/** What is read, by transfer syntax (PS3.6, table A-1). */
export const READ: Readonly<Record<string, string>> = {
  [IMPLICIT]: "implicit VR little endian",
  [EXPLICIT]: "explicit VR little endian",
  [DEFLATED]: "deflated explicit VR little endian",
  [BIG_ENDIAN]: "explicit VR big endian",
  [ENCAPSULATED]: "encapsulated uncompressed",
  [RLE]: "RLE lossless",
  "1.2.840.10008.1.2.4.50": "JPEG baseline, 8 bits",
  "1.2.840.10008.1.2.4.51": "JPEG extended, 8 and 12 bits",
  "1.2.840.10008.1.2.4.57": "JPEG lossless",
  "1.2.840.10008.1.2.4.70": "JPEG lossless, first-order prediction",
  "1.2.840.10008.1.2.4.80": "JPEG-LS lossless",
  "1.2.840.10008.1.2.4.81": "JPEG-LS near-lossless",
  "1.2.840.10008.1.2.4.90": "JPEG 2000 lossless",
  "1.2.840.10008.1.2.4.91": "JPEG 2000",
  "1.2.840.10008.1.2.4.201": "HTJ2K lossless",
  "1.2.840.10008.1.2.4.202": "HTJ2K lossless, RPCL",
  "1.2.840.10008.1.2.4.203": "HTJ2K",
};

/** Compressions that are not read here, by transfer syntax (PS3.6, table A-1). */
export const NOT_READ: Readonly<Record<string, string>> = {
  "1.2.840.10008.1.2.4.92": "JPEG 2000 Part 2 multi-component (lossless)",
  "1.2.840.10008.1.2.4.93": "JPEG 2000 Part 2 multi-component",
  "1.2.840.10008.1.2.4.94": "JPIP Referenced",
  "1.2.840.10008.1.2.4.95": "JPIP Referenced Deflate",
  "1.2.840.10008.1.2.4.100": "MPEG-2 Main Profile",
  "1.2.840.10008.1.2.4.100.1": "MPEG-2 Main Profile, fragmentable",
  "1.2.840.10008.1.2.4.101": "MPEG-2 High Level",
  "1.2.840.10008.1.2.4.101.1": "MPEG-2 High Level, fragmentable",
  "1.2.840.10008.1.2.4.102": "MPEG-4 AVC/H.264",
  "1.2.840.10008.1.2.4.102.1": "MPEG-4 AVC/H.264, fragmentable",
  "1.2.840.10008.1.2.4.103": "MPEG-4 AVC/H.264, BD-compatible",
  "1.2.840.10008.1.2.4.103.1": "MPEG-4 AVC/H.264, BD-compatible, fragmentable",
  "1.2.840.10008.1.2.4.104": "MPEG-4 AVC/H.264 for 2D video",
  "1.2.840.10008.1.2.4.104.1": "MPEG-4 AVC/H.264 for 2D video, fragmentable",
  "1.2.840.10008.1.2.4.105": "MPEG-4 AVC/H.264 for 3D video",
  "1.2.840.10008.1.2.4.105.1": "MPEG-4 AVC/H.264 for 3D video, fragmentable",
  "1.2.840.10008.1.2.4.106": "MPEG-4 AVC/H.264 Stereo",
  "1.2.840.10008.1.2.4.106.1": "MPEG-4 AVC/H.264 Stereo, fragmentable",
  "1.2.840.10008.1.2.4.107": "HEVC/H.265 Main Profile",
  "1.2.840.10008.1.2.4.108": "HEVC/H.265 Main 10 Profile",
  "1.2.840.10008.1.2.4.110": "JPEG XL Lossless",
  "1.2.840.10008.1.2.4.111": "JPEG XL JPEG Recompression",
  "1.2.840.10008.1.2.4.112": "JPEG XL",
  "1.2.840.10008.1.2.4.204": "JPIP HTJ2K Referenced",
  "1.2.840.10008.1.2.4.205": "JPIP HTJ2K Referenced Deflate",
  "1.2.840.10008.1.2.6.1": "RFC 2557 MIME encapsulation",
  "1.2.840.10008.1.2.6.2": "XML encoding",
  "1.2.840.10008.1.2.7.1": "SMPTE ST 2110-20 uncompressed progressive video",
  "1.2.840.10008.1.2.7.2": "SMPTE ST 2110-20 uncompressed interlaced video",
  "1.2.840.10008.1.2.7.3": "SMPTE ST 2110-30 PCM digital audio",
  "1.2.840.10008.1.2.8.1": "Deflated Image Frame Compression",
  "1.2.840.10008.1.20": "Papyrus 3",
  "1.2.840.113619.5.2": "GE's private implicit VR with big-endian pixels",
};

/** Retired JPEG processes, 52 to 56, 58 to 66. */
const RETIRED_JPEG = /^1\.2\.840\.10008\.1\.2\.4\.(5[2-68-9]|6[0-6])$/;
/** A UID (PS3.5, 9.1), so that nothing else of a file gets into a message. */
const UID = /^[0-9.]{1,64}$/;

/** The name of a compression that is not read here, for messages. */
export function compressionName(syntax: string): string {
  const name = NOT_READ[syntax] ?? (RETIRED_JPEG.test(syntax) ? "JPEG, retired process" : undefined);
  if (!UID.test(syntax)) return "unknown";
  return name === undefined ? `transfer syntax ${syntax}` : `${name}, ${syntax}`;
}
