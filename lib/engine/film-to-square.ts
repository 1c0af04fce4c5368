import { checkedHeader, decodeFilm, decodeJpeg, runDecoder } from "./decode.ts";
import { placeInSquare, resizeFilm, resizeToSquare, type SquareGeometry } from "./resize.ts";

/** A film as a shard holds it, and the size that it had. */
export interface SquareFilm {
  readonly width: number;
  readonly height: number;
  /** size x size */
  readonly pixels: Uint8Array;
}

/**
 * decodeFilm and resizeToSquare in one: the same bytes. A grey JPEG that lies upright, as nearly all films of data sets do,
 * stays inside TensorFlow from one to the other, which saves three copies of it. Blocks its thread.
 * @throws FilmError
 */
export function filmToSquare(bytes: Uint8Array, geometry: SquareGeometry): SquareFilm {
  const header = checkedHeader(bytes);
  if (header.format !== "jpeg" || header.channels !== 1 || header.orientation !== 1) {
    const image = decodeFilm(bytes);
    return { width: image.width, height: image.height, pixels: resizeToSquare(image, geometry) };
  }
  const { width, height } = header;
  const resized = runDecoder(header, (scope) => {
    const film = scope.run(
      "ExpandDims",
      { T: { kind: "TYPE", value: "UINT8" }, Tdim: { kind: "TYPE", value: "INT32" } },
      [decodeJpeg(scope, scope.bytes(bytes), header), scope.input([], Int32Array.of(0))],
    );
    const types = { SrcT: { kind: "TYPE", value: "UINT8" }, DstT: { kind: "TYPE", value: "FLOAT" } } as const;
    return resizeFilm(scope, scope.run("Cast", types, [film]), header, geometry);
  });
  return { width, height, pixels: placeInSquare(resized, header, 255, geometry) };
}
