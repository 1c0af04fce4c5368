import sharp from "sharp";
import { type Bomb, either, refused, u32 } from "./bomb.ts";

const riff = (content: Buffer, length = content.length + 4): Buffer =>
  Buffer.concat([Buffer.from("RIFF"), u32(length), Buffer.from("WEBP"), content]);
const chunk = (name: string, content: Buffer, length = content.length): Buffer =>
  Buffer.concat([Buffer.from(name), u32(length), content]);
/** 24 bits, less one, as the canvas's sides are written. */
const side = (value: number): Buffer => u32(value - 1).subarray(0, 3);
const canvas = (width: number, height: number): Buffer =>
  chunk("VP8X", Buffer.concat([u32(0), side(width), side(height)]));

/** @param film a sound picture */
export async function webpBombs(film: Uint8Array): Promise<Bomb[]> {
  const small = (await sharp(film).resize(64, 64).webp().toBuffer()).subarray(12);
  const lossless = (await sharp(film).resize(64, 64).webp({ lossless: true }).toBuffer()).subarray(12);
  // Behind its signature VP8L has 14 bits of each side, less one.
  const wide = Buffer.from(lossless);
  wide.writeUInt32LE((16_383 | (16_383 << 14)) >>> 0, 9);
  return [
    refused("WebP of 281 terapixels around 4 kilopixels", riff(Buffer.concat([canvas(1 << 24, 1 << 24), small]))),
    refused("WebP of 268 megapixels around 4 kilopixels", riff(Buffer.concat([canvas(16_384, 16_384), small]))),
    refused("WebP of 268 megapixels, none there", riff(wide)),
    refused("WebP whose picture is 4 GB long", riff(chunk("VP8 ", small.subarray(8), 0xffff_fff0))),
    either("WebP that is 4 GB long", riff(small, 0xffff_fff6)),
    either("WebP that is shorter than its picture", riff(small, 20)),
    refused("WebP of nothing", riff(Buffer.alloc(0))),
  ];
}
