"""The film as PNG, JPEG, TIFF, WebP, and as files that are none of these."""

import gzip
import io
import struct
import zlib

import imagecodecs as ic
import numpy as np
import tifffile
from film import H, W, alpha, draw, f8, f12, f16, rgb8, rgb16, rgba8, s12, v
from PIL import Image


def pil(pixels, kind, mode=None, **options):
    out = io.BytesIO()
    (Image.fromarray(pixels) if mode is None else Image.fromarray(pixels, mode)).save(out, kind, **options)
    return out.getvalue()


def exif(orientation):
    data = Image.Exif()
    data[0x112] = orientation
    return data.tobytes()


# What undoes each EXIF orientation, the other way round.
TURNS = {
    1: lambda a: a, 2: np.fliplr, 3: lambda a: np.rot90(a, 2), 4: np.flipud,
    5: np.transpose, 6: np.rot90, 7: lambda a: np.rot90(np.transpose(a), 2), 8: lambda a: np.rot90(a, -1),
}
turned = lambda orientation, pixels=f8: np.ascontiguousarray(TURNS[orientation](pixels))

chunk = lambda name, data: struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
header = lambda w, h, depth, colour, interlace=0: chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, depth, colour, 0, 0, interlace))
SIGNATURE, END = b"\x89PNG\r\n\x1a\n", chunk(b"IEND", b"")
lines = lambda a: b"".join(b"\0" + row.tobytes() for row in a)


def png(depth, colour, raw, extra=b"", interlace=0, size=(W, H)):
    return SIGNATURE + header(*size, depth, colour, interlace) + extra + chunk(b"IDAT", zlib.compress(raw)) + END


def packed(bits):
    bits_of = lambda row: np.unpackbits(row[:, None], axis=1)[:, 8 - bits :].reshape(-1)
    return b"".join(b"\0" + np.packbits(bits_of(row)).tobytes() for row in f8 >> (8 - bits))


def adam7(a):
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    return b"".join(lines(np.ascontiguousarray(a[y0::dy, x0::dx])) for x0, y0, dx, dy in passes)


jpeg = lambda pixels=f8, **options: pil(pixels, "JPEG", quality=97, **options)
ink = np.dstack([255 - rgb8, np.zeros_like(f8)])
adobe = np.ascontiguousarray(255 - ink)


def tiff(pixels=f8, **options):
    out = io.BytesIO()
    tifffile.imwrite(out, pixels, **options)
    return out.getvalue()


grey_palette = bytes(i for i in range(256) for _ in "rgb")
order = draw.permutation(256)
index = np.argsort(order)[f8].astype(np.uint8)
plain = png(8, 0, lines(f8))


def write(put):
    pngs(put)
    jpegs(put)
    tiffs(put)
    others(put)


def pngs(put):
    put("reference.png", plain, "same")
    put("16.png", png(16, 0, lines(f16.astype(">u2"))), "same")
    put("12_in_16.png", png(16, 0, lines(f12.astype(">u2"))), "same")
    put("12_high_bits.png", png(16, 0, lines((f12 << 4).astype(">u2")), chunk(b"sBIT", b"\x0c")), "same")
    for bits in (1, 2, 4):
        put(f"{bits}.png", png(bits, 0, packed(bits)), "answered")
        put(f"palette_{bits}.png", png(bits, 3, packed(bits), chunk(b"PLTE", grey_palette[:: 256 // 2**bits][: 3 * 2**bits])), "answered")
    put("grey_alpha.png", png(8, 4, lines(np.dstack([f8, alpha]))), "same")
    put("grey_alpha_16.png", png(16, 4, lines(np.dstack([f16, f16]).astype(">u2"))), "same")
    put("rgb.png", png(8, 2, lines(rgb8)), "same")
    put("rgb_16.png", png(16, 2, lines(rgb16.astype(">u2"))), "same")
    put("rgba.png", png(8, 6, lines(rgba8)), "same")
    put("palette.png", png(8, 3, lines(f8), chunk(b"PLTE", grey_palette)), "same")
    put("palette_shuffled.png", png(8, 3, lines(index), chunk(b"PLTE", bytes(np.repeat(order, 3).astype(np.uint8)))), "same")
    put("palette_transparent.png", png(8, 3, lines(f8), chunk(b"PLTE", grey_palette) + chunk(b"tRNS", bytes(range(256)))), "same")
    put("transparent_grey.png", png(8, 0, lines(f8), chunk(b"tRNS", b"\0\x40")), "same")
    for gamma in (45455, 100000):
        put(f"gamma_{gamma}.png", png(8, 0, lines(f8), chunk(b"gAMA", struct.pack(">I", gamma))), "same")
    put("interlaced.png", png(8, 0, adam7(f8), interlace=1), "same")
    put("interlaced_16.png", png(16, 0, adam7(f16.astype(">u2")), interlace=1), "same")
    put("exif_6.png", pil(turned(6), "PNG", exif=exif(6)), "same")
    put("trailing.png", plain + b"more" * 100, "same")
    put("cut.png", plain[: len(plain) // 2], "film-truncated")
    put("no_picture.png", SIGNATURE + header(W, H, 8, 0) + END, "film-damaged")
    put("no_palette.png", png(8, 3, lines(f8)), "film-damaged")
    put("signature.png", SIGNATURE, "film-damaged")
    put("10_gigapixels.png", png(8, 0, bytes(1000), size=(100_000, 100_000)), "film-size")
    put("51_megapixels.png", png(8, 0, bytes(7143 * 7142), size=(7142, 7142)), "film-size")


def jpegs(put):
    put("grey.jpg", jpeg(), "same")
    put("jpeg_named.png", jpeg(), "same")
    put("progressive.jpg", jpeg(progressive=True), "same")
    put("restarts.jpg", jpeg(restart_marker_blocks=4), "same")
    for subsampling in (0, 1, 2):
        put(f"colour_{subsampling}.jpg", jpeg(rgb8, subsampling=subsampling), "same")
    put("rgb_untransformed.jpg", ic.jpeg8_encode(rgb8, level=97, colorspace="RGB", outcolorspace="RGB"), "same")
    put("cmyk.jpg", pil(ink, "JPEG", mode="CMYK", quality=97), "same")
    put("cmyk_adobe.jpg", ic.jpeg8_encode(adobe, level=97, colorspace="CMYK", outcolorspace="CMYK"), "same")
    put("ycck.jpg", ic.jpeg8_encode(adobe, level=97, colorspace="CMYK", outcolorspace="YCCK"), "same")
    for orientation in range(1, 9):
        put(f"exif_{orientation}.jpg", jpeg(turned(orientation), exif=exif(orientation)), "same")
    put("exif_9.jpg", jpeg(exif=exif(9)), "same")
    put("12.jpg", ic.jpeg8_encode(f12, level=97, bitspersample=12), "unsupported-media")
    put("lossless_16.jpg", ic.jpeg8_encode(f16, lossless=True, bitspersample=16), "unsupported-media")
    put("jpeg_ls.jpg", ic.jpegls_encode(f8), "unsupported-media")
    put("cut.jpg", jpeg()[: len(jpeg()) // 2], "film-truncated")
    frame = jpeg().find(b"\xff\xc0")
    put("4_gigapixels.jpg", jpeg()[: frame + 5] + struct.pack(">HH", 65000, 65000) + jpeg()[frame + 9 :], "film-size")


def tiffs(put):
    put("8.tif", tiff(), "same")
    put("16.tif", tiff(f16), "same")
    put("12_in_16.tif", tiff(f12), "same")
    put("16_big_endian.tif", tiff(f16, byteorder=">"), "same")
    put("big.tif", tiff(bigtiff=True), "same")
    for compression in ("lzw", "zlib", "packbits"):
        put(f"{compression}.tif", tiff(compression=compression), "same")
    for compression in ("zstd", "lzma"):
        put(f"{compression}.tif", tiff(compression=compression), "unsupported-media")
    put("jpeg.tif", tiff(compression="jpeg"), "same")
    put("predictor.tif", tiff(f16, compression="lzw", predictor=True), "same")
    put("tiles.tif", tiff(f16, compression="zlib", tile=(64, 64)), "same")
    put("rgb.tif", tiff(rgb8, photometric="rgb"), "same")
    put("planes.tif", tiff(np.ascontiguousarray(np.moveaxis(rgb8, -1, 0)), photometric="rgb", planarconfig="separate"), "same")
    put("rgba.tif", tiff(rgba8, photometric="rgb", extrasamples=["unassalpha"]), "same")
    put("min_is_white.tif", tiff(255 - f8, photometric="miniswhite"), "same")
    put("min_is_white_16.tif", tiff(65535 - f16, photometric="miniswhite"), "same")
    put("cmyk.tif", pil(ink, "TIFF", mode="CMYK"), "same")
    put("one_bit.tif", tiff(f8 > 127, photometric="minisblack"), "answered")
    put("turned.tif", tiff(turned(6), extratags=[(274, 3, 1, 6, True)]), "same")
    put("float.tif", tiff(v.astype(np.float32)), "unsupported-media")
    put("double.tif", tiff(v), "unsupported-media")
    put("signed.tif", tiff(s12.astype(np.int16)), "unsupported-media")
    put("two_pages.tif", tiff(np.stack([f8, f8])), "multi-frame")
    put("cut.tif", tiff(compression="zlib")[:5000], "film-damaged")
    put("header.tif", b"II*\0\x08\0\0\0", "film-damaged")


def others(put):
    put("lossless.webp", pil(rgb8, "WEBP", lossless=True), "same")
    put("lossy.webp", pil(rgb8, "WEBP", quality=97), "same")
    put("alpha.webp", pil(rgba8, "WEBP", lossless=True, exact=True), "same")
    put("animated.webp", pil(rgb8, "WEBP", save_all=True, append_images=[Image.fromarray(255 - rgb8)]), "multi-frame")
    not_read = {
        "film.bmp": pil(f8, "BMP"), "film.gif": pil(f8, "GIF"), "film.avif": ic.avif_encode(rgb8), "film.jxl": ic.jpegxl_encode(f8),
        "film.jp2": ic.jpeg2k_encode(f8, codecformat="jp2"), "film.j2k": ic.jpeg2k_encode(f8, codecformat="j2k"),
        "film.pgm": pil(f8, "PPM"), "film.ico": pil(f8[:64, :64], "ICO"), "film.png.gz": gzip.compress(plain),
        "film.heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(500), "film.pdf": b"%PDF-1.7\n" + bytes(300),
        "film.svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400"/>', "film.zip": b"PK\3\4" + bytes(500),
        "film.nii": struct.pack("<i", 348) + bytes(340) + b"n+1\0" + bytes(999), "elf.png": b"\x7fELF" + bytes(500),
        "pe.dcm": b"MZ" + bytes(500), "page.jpg": b"<!doctype html><html>404</html>" * 9, "zeros.dcm": bytes(5000),
        "wave.webp": b"RIFF\x64\0\0\0WAVE" + bytes(100), "json.dcm": b'{"00080060":{"vr":"CS"}}' * 9, "byte.png": b"\x89",
    }
    for name, data in not_read.items():
        put(name, data, "unsupported-media")
    put("empty.png", b"", "film-empty")
