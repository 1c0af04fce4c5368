import { refusal } from "../../contracts/codes.ts";
import type { DataSet } from "./data-set.ts";
import { storedValue } from "./grey-scale.ts";
import type { Photometric, PixelFormat } from "./header.ts";
import { lookUp } from "./look-up-table.ts";
import { TAG } from "./tags.ts";

/**
 * A colour picture of 8 bits as red, green and blue side by side (PS3.3, C.7.6.3.1.2).
 * @param bytes three values a pixel
 */
export function toRgb(bytes: Uint8Array, photometric: Photometric): Uint8Array {
  if (photometric !== "YBR_FULL" && photometric !== "YBR_FULL_422") return bytes;
  const rgb = new Uint8ClampedArray(bytes.length);
  for (let i = 0; i < bytes.length; i += 3) {
    const [y, blue, red] = [bytes[i]!, bytes[i + 1]! - 128, bytes[i + 2]! - 128];
    rgb[i] = y + 1.402 * red;
    rgb[i + 1] = y - 0.344136 * blue - 0.714136 * red;
    rgb[i + 2] = y + 1.772 * blue;
  }
  return new Uint8Array(rgb.buffer);
}

const PALETTE = [
  { descriptor: TAG.RedPaletteColorLookupTableDescriptor, data: TAG.RedPaletteColorLookupTableData },
  { descriptor: TAG.GreenPaletteColorLookupTableDescriptor, data: TAG.GreenPaletteColorLookupTableData },
  { descriptor: TAG.BluePaletteColorLookupTableDescriptor, data: TAG.BluePaletteColorLookupTableData },
] as const;

/** A picture of indices through its tables (PS3.3, C.7.9), as red, green and blue of 8 bits. @throws InputError `dicom-photometric` */
export function paletteToRgb(indices: Uint8Array | Uint16Array, format: PixelFormat, dataSet: DataSet): Uint8Array {
  const value = storedValue(format);
  const tables = PALETTE.map((tags) => lookUp(dataSet, format.signed, tags));
  // One white for all three: a picture's red may never be as bright as its green.
  const most = Math.max(...tables.map((table) => table?.most ?? 0));
  const rgb = new Uint8Array(indices.length * 3);
  tables.forEach((table, channel) => {
    if (table === undefined) {
      throw refusal("dicom-photometric", "a palette without its three tables");
    }
    const shade = Uint8Array.from({ length: 65536 }, (_, word) => Math.round((table.apply(value(word)) / most) * 255));
    for (let i = 0; i < indices.length; i += 1) rgb[3 * i + channel] = shade[indices[i]!]!;
  });
  return rgb;
}
