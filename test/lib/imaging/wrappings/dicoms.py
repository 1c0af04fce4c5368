"""The film as DICOM: every transfer syntax, grey scale and colour that is read, and headers that are odd or wrong."""

import io
import struct
import zlib

import imagecodecs as ic
import numpy as np
import pydicom
import rle.utils
from film import BITS, H, W, draw, f8, f12, f16, rgb8, s12, v, x, y
from PIL import Image
from pydicom import uid
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence

EXPLICIT, IMPLICIT = uid.ExplicitVRLittleEndian, uid.ImplicitVRLittleEndian
BIG, DEFLATED = uid.ExplicitVRBigEndian, uid.DeflatedExplicitVRLittleEndian


def film(pixels=f12, bits=12, alloc=16, signed=0, photometric="MONOCHROME2", modality="DX", part="CHEST", **tags):
    """A data set; `pixels` None for none, a tag None to leave it out."""
    d = Dataset()
    d.SOPClassUID, d.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.1.1", "1.2.3.4"
    d.PatientName, d.PatientID, d.ViewPosition = "Doe^Jane", "1", "PA"
    d.PhotometricInterpretation, d.SamplesPerPixel = photometric, 3 if pixels is not None and pixels.ndim == 3 else 1
    if pixels is not None:
        d.Rows, d.Columns = pixels.shape[:2]
        d.BitsAllocated, d.BitsStored, d.HighBit, d.PixelRepresentation = alloc, bits, bits - 1, signed
        if d.SamplesPerPixel == 3:
            d.PlanarConfiguration = 0
        d.PixelData = pixels.astype("u1" if alloc == 8 else "<i2" if signed else "<u2").tobytes()
        d["PixelData"].VR = "OB" if alloc == 8 else "OW"
    for name, value in {"Modality": modality, "BodyPartExamined": part, **tags}.items():
        if value is not None:
            setattr(d, name, value)
        elif name in d:
            delattr(d, name)
    return d


def file(d, syntax=EXPLICIT, frames=None, **options):
    if frames is not None:
        d.PixelData = encapsulate(frames, **options)
        d["PixelData"].VR, d["PixelData"].is_undefined_length = "OB", True
    if syntax == BIG and d["PixelData"].VR == "OW":
        d.PixelData = np.frombuffer(d.PixelData, "<u2").astype(">u2").tobytes()
    d.file_meta = FileMetaDataset()
    d.file_meta.TransferSyntaxUID = syntax
    out = io.BytesIO()
    pydicom.dcmwrite(out, d, enforce_file_format=True)
    return out.getvalue()


def jpeg(pixels=f8, **options):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=97, **options)
    return out.getvalue()


lossless = lambda pixels, bits, predictor: ic.jpeg8_encode(pixels, lossless=True, predictor=predictor, bitspersample=bits)
jpeg2000 = lambda pixels, **options: ic.jpeg2k_encode(pixels, codecformat="j2k", **options)


def run_lengths(pixels):
    rows, columns = pixels.shape[:2]
    shape = dict(rows=rows, columns=columns, samples_per_pixel=pixels.size // (rows * columns))
    return rle.utils.encode_pixel_data(pixels.tobytes(), None, "<", **shape, bits_allocated=8 * pixels.itemsize)


def table(first, values, bits, order="<"):
    item = Dataset()
    item.LUTDescriptor, item.LUTData = [len(values) % 65536, first, bits], np.asarray(values, order + "u2").tobytes()
    item["LUTDescriptor"].VR, item["LUTData"].VR = "SS" if first < 0 else "US", "OW"
    return Sequence([item])


def start(data):
    """Where the data set begins behind preamble and meta header."""
    return data.find(b"\x08\0\x16\0")


def write(put):
    uncompressed(put)
    compressed(put)
    grey_scale(put)
    colour(put)
    headers(put)
    whole_files(put)


def uncompressed(put):
    for name, syntax in {"explicit": EXPLICIT, "implicit": IMPLICIT, "big": BIG, "deflated": DEFLATED}.items():
        for bits, pixels in BITS.items():
            put(f"{name}_{bits}.dcm", file(film(pixels, bits, 8 if bits == 8 else 16), syntax), "same")
    put("8_in_16.dcm", file(film(f8, 8)), "same")
    put("12_as_16.dcm", file(film(f12, 16)), "same")
    for high in (13, 15):
        put(f"high_bit_{high}.dcm", file(film(f12 << (high - 11), HighBit=high)), "same")
    put("overlay_in_high_bits.dcm", file(film(f12 | np.where(x > 100, 0x9000, 0x8000).astype(np.uint16))), "same")
    put("padding.dcm", file(film(np.where(y < 40, 65535, f12), 16, PixelPaddingValue=65535)), "answered")


def compressed(put):
    for bits in (8, 12, 16):
        pixels, alloc = BITS[bits], 8 if bits == 8 else 16
        frames = {
            "jpeg_lossless": (uid.JPEGLosslessSV1, lossless(pixels, bits, 1)),
            "jpeg_lossless_6": (uid.JPEGLossless, lossless(pixels, bits, 6)),
            "jpeg_ls": (uid.JPEGLSLossless, ic.jpegls_encode(pixels)),
            "jpeg_ls_near": (uid.JPEGLSNearLossless, ic.jpegls_encode(pixels, level=2)),
            "jpeg_2000": (uid.JPEG2000Lossless, jpeg2000(pixels, reversible=True, level=0, bitspersample=bits)),
            "jpeg_2000_lossy": (uid.JPEG2000, jpeg2000(pixels, level=50, bitspersample=bits)),
            "htj2k": (uid.HTJ2KLossless, ic.htj2k_encode(pixels)),
            "rle": (uid.RLELossless, run_lengths(pixels.astype("<u2" if alloc == 16 else "u1"))),
        }
        for name, (syntax, frame) in frames.items():
            put(f"{name}_{bits}.dcm", file(film(pixels, bits, alloc), syntax, [frame]), "same")
    in_file_format = ic.jpeg2k_encode(f12, codecformat="jp2", reversible=True, level=0, bitspersample=12)
    put("jpeg_2000_in_jp2.dcm", file(film(), uid.JPEG2000Lossless, [in_file_format]), "same")
    signed = {
        "jpeg_2000": (uid.JPEG2000Lossless, jpeg2000(s12.astype(np.int16), reversible=True, level=0)),
        "jpeg_ls": (uid.JPEGLSLossless, ic.jpegls_encode((s12 & 0xFFF).astype(np.uint16))),
        "rle": (uid.RLELossless, run_lengths(s12.astype("<i2"))),
    }
    for name, (syntax, frame) in signed.items():
        put(f"{name}_signed.dcm", file(film(s12, signed=1), syntax, [frame]), "same")
    put("jpeg_lossless_12_as_16.dcm", file(film(), uid.JPEGLosslessSV1, [lossless(f12, 16, 1)]), "same")
    baseline = lambda **options: film(f8, 8, 8, **options)
    put("jpeg.dcm", file(baseline(), uid.JPEGBaseline8Bit, [jpeg()]), "same")
    put("jpeg_fragments.dcm", file(baseline(), uid.JPEGBaseline8Bit, [jpeg()], fragments_per_frame=5), "same")
    put("jpeg_no_offsets.dcm", file(baseline(), uid.JPEGBaseline8Bit, [jpeg()], has_bot=False), "same")
    put("jpeg_extended.dcm", file(film(), uid.JPEGExtended12Bit, [ic.jpeg8_encode(f12, level=97, bitspersample=12)]), "same")
    wide = lambda frame, syntax: file(film(f8, 8, 16), syntax, [frame])
    put("jpeg_8_in_16.dcm", wide(jpeg(), uid.JPEGBaseline8Bit), "same")
    put("jpeg_lossless_8_in_16.dcm", wide(lossless(f8, 8, 1), uid.JPEGLosslessSV1), "same")
    put("jpeg_2000_8_in_16.dcm", wide(jpeg2000(f8, reversible=True, level=0), uid.JPEG2000Lossless), "same")
    put("jpeg_lossless_16_in_8.dcm", file(film(f8, 8, 8), uid.JPEGLosslessSV1, [lossless(f16, 16, 1)]), "film-damaged")
    put("jpeg_extended_8.dcm", file(baseline(), uid.JPEGExtended12Bit, [jpeg()]), "same")
    put("jpeg_inverted.dcm", file(baseline(photometric="MONOCHROME1"), uid.JPEGBaseline8Bit, [jpeg(255 - f8)]), "same")
    put("jpeg_garbage.dcm", file(baseline(), uid.JPEGBaseline8Bit, [draw.bytes(5000)]), "film-damaged")
    put("jpeg_cut.dcm", file(baseline(), uid.JPEGBaseline8Bit, [jpeg()[:5000]]), "film-truncated")
    put("jpeg_other_size.dcm", file(baseline(), uid.JPEGBaseline8Bit, [jpeg(f8[:200])]), "film-damaged")
    put("jpeg_in_explicit.dcm", file(baseline(PixelData=jpeg() + bytes(len(jpeg()) % 2))), "film-truncated")
    put("mpeg.dcm", file(baseline(), uid.MPEG4HP41, [bytes(500)]), "dicom-transfer-syntax")


def grey_scale(put):
    ramp = np.arange(4096)
    whole = dict(WindowCenter=2048, WindowWidth=4096)
    same = {
        "inverted": film(4095 - f12, photometric="MONOCHROME1"),
        "inverted_8": film(255 - f8, 8, 8, photometric="MONOCHROME1"),
        "inverted_window": film(4095 - f12, photometric="MONOCHROME1", **whole),
        "window": film(**whole),
        "windows": film(WindowCenter=[2048, 40], WindowWidth=[4096, 10]),
        "window_exact": film(WindowCenter=2047.5, WindowWidth=4095, VOILUTFunction="LINEAR_EXACT"),
        "window_unknown": film(VOILUTFunction="FANCY", **whole),
        "window_of_no_width": film(WindowCenter=2048, WindowWidth=0),
        "window_empty": film(WindowCenter="", WindowWidth=""),
        "window_beside_the_film": film(WindowCenter=60000, WindowWidth=2),
        "rescale": film(RescaleSlope=2, RescaleIntercept=-1000, WindowCenter=3096, WindowWidth=8192),
        "rescale_without_window": film(RescaleSlope=2, RescaleIntercept=-1000),
        "rescale_inverting": film(4095 - f12, RescaleSlope=-1, RescaleIntercept=4095),
        "rescale_by_0": film(RescaleSlope=0, RescaleIntercept=0),
        "voi_table": film(VOILUTSequence=table(0, ramp, 12)),
        "voi_table_16": film(VOILUTSequence=table(0, ramp * 16, 16)),
        "voi_table_inverting": film(4095 - f12, VOILUTSequence=table(0, 4095 - ramp, 12)),
        "voi_table_of_65536": film(f16, 16, VOILUTSequence=table(0, np.arange(65536), 16)),
        "voi_table_before_window": film(VOILUTSequence=table(0, ramp, 12), WindowCenter=10, WindowWidth=5),
        "voi_table_empty": film(VOILUTSequence=Sequence([])),
        "modality_table": film(4095 - f12, ModalityLUTSequence=table(0, 4095 - ramp, 16), **whole),
        "signed": film(s12, signed=1),
        "signed_16": film(f16.astype(np.int32) - 32768, 16, signed=1),
        "signed_window": film(s12, signed=1, WindowCenter=0, WindowWidth=4096),
        "signed_rescale": film(s12, signed=1, RescaleSlope=1, RescaleIntercept=2048),
        "signed_voi_table": film(s12, signed=1, VOILUTSequence=table(-2048, ramp, 12)),
    }
    for name, d in same.items():
        put(f"{name}.dcm", file(d), "same")
    put("voi_table_implicit.dcm", file(film(VOILUTSequence=table(0, ramp, 12)), IMPLICIT), "same")
    put("voi_table_big.dcm", file(film(VOILUTSequence=table(0, ramp, 12, ">")), BIG), "same")
    put("window_sigmoid.dcm", file(film(VOILUTFunction="SIGMOID", **whole)), "answered")
    put("window_of_width_1.dcm", file(film(WindowCenter=2048, WindowWidth=1)), "same")


def colour(put):
    neutral = np.full_like(f8, 128)
    picture = lambda pixels, photometric, **tags: film(pixels, 8, 8, photometric=photometric, **tags)
    planes = np.ascontiguousarray(np.moveaxis(rgb8, -1, 0)).tobytes()
    pairs = np.stack([f8[:, 0::2], f8[:, 1::2], neutral[:, ::2], neutral[:, ::2]], -1).tobytes()
    put("rgb.dcm", file(picture(rgb8, "RGB")), "same")
    put("rgb_planes.dcm", file(picture(rgb8, "RGB", PlanarConfiguration=1, PixelData=planes)), "same")
    put("ybr.dcm", file(picture(np.dstack([f8, neutral, neutral]), "YBR_FULL")), "same")
    put("ybr_422.dcm", file(picture(rgb8, "YBR_FULL_422", PixelData=pairs)), "same")
    put("ybr_jpeg.dcm", file(picture(rgb8, "YBR_FULL_422"), uid.JPEGBaseline8Bit, [jpeg(rgb8, subsampling=1)]), "same")
    put("ybr_jpeg_in_rgb.dcm", file(picture(rgb8, "RGB"), uid.JPEGBaseline8Bit, [jpeg(rgb8, subsampling=0)]), "same")
    untransformed = ic.jpeg8_encode(rgb8, level=97, colorspace="RGB", outcolorspace="RGB")
    put("rgb_jpeg.dcm", file(picture(rgb8, "RGB"), uid.JPEGBaseline8Bit, [untransformed]), "same")
    put("rgb_jpeg_in_ybr.dcm", file(picture(rgb8, "YBR_FULL_422"), uid.JPEGBaseline8Bit, [untransformed]), "same")
    put("rct_jpeg_2000.dcm", file(picture(rgb8, "YBR_RCT"), uid.JPEG2000Lossless, [jpeg2000(rgb8, reversible=True)]), "same")
    put("rgb_jpeg_ls.dcm", file(picture(rgb8, "RGB"), uid.JPEGLSLossless, [ic.jpegls_encode(rgb8)]), "same")
    put("rgb_rle.dcm", file(picture(rgb8, "RGB"), uid.RLELossless, [run_lengths(rgb8)]), "same")
    order = draw.permutation(256)
    palette = film(np.argsort(order)[f8], 8, 8, photometric="PALETTE COLOR")
    for shade in ("Red", "Green", "Blue"):
        setattr(palette, f"{shade}PaletteColorLookupTableDescriptor", [256, 0, 16])
        setattr(palette, f"{shade}PaletteColorLookupTableData", (order * 257).astype("<u2").tobytes())
    put("palette.dcm", file(palette), "same")
    put("palette_missing.dcm", file(film(f8, 8, 8, photometric="PALETTE COLOR")), "dicom-photometric")
    put("argb.dcm", file(film(photometric="ARGB")), "dicom-photometric")


def headers(put):
    for modality in ("CT", "MR", "US", "MG", "NM", "PT", "OT", "XA", "RF", "SEG", "IO"):
        put(f"modality_{modality}.dcm", file(film(modality=modality)), "dicom-modality")
    for modality in ("CR", "DR", "RG", None, ""):
        put(f"modality_{modality}.dcm", file(film(modality=modality)), "same")
    for part in ("HAND", "KNEE", "PELVIS", "SKULL", "ABDOMEN", "LSPINE", "SHOULDER", "TSPINE", "BREAST"):
        put(f"part_{part}.dcm", file(film(part=part)), "dicom-body-part")
    for part in ("THORAX", "chest", "LUNG", "Chest PA", None):
        put(f"part_{part}.dcm", file(film(part=part)), "same")
    put("frames_2.dcm", file(film(NumberOfFrames=2, PixelData=f12.tobytes() * 2)), "multi-frame")
    put("frames_1.dcm", file(film(NumberOfFrames=1)), "same")
    put("frames_2_jpeg.dcm", file(film(f8, 8, 8, NumberOfFrames=2), uid.JPEGBaseline8Bit, [jpeg(), jpeg()]), "multi-frame")
    put("no_pixels.dcm", file(film(None)), "dicom-no-pixels")
    put("no_pixel_bytes.dcm", file(film(PixelData=b"")), "film-truncated")
    icon = Dataset()
    icon.Rows, icon.Columns, icon.PixelData = 10, 10, bytes(200)
    icon["PixelData"].VR = "OW"
    put("icon.dcm", file(film(IconImageSequence=Sequence([icon]))), "same")
    put("icon_alone.dcm", file(film(None, IconImageSequence=Sequence([icon]))), "dicom-no-pixels")
    put("float.dcm", file(film(PixelData=None, FloatPixelData=v.astype("<f4").tobytes(), BitsAllocated=32)), "dicom-no-pixels")
    for name, tags in {
        "32_bits": dict(BitsAllocated=32, BitsStored=32, HighBit=31, PixelData=f12.astype("<u4").tobytes()),
        "1_bit": dict(BitsAllocated=1, BitsStored=1, HighBit=0),
        "12_bits_packed": dict(BitsAllocated=12),
        "more_stored_than_allocated": dict(BitsStored=20, HighBit=19),
        "none_stored": dict(BitsStored=0),
        "no_bits": dict(BitsAllocated=None),
    }.items():
        put(f"{name}.dcm", file(film(**tags)), "dicom-pixel-format")
    put("no_photometric.dcm", file(film(PhotometricInterpretation=None)), "dicom-photometric")
    put("no_rows.dcm", file(film(Rows=None)), "film-size")
    put("no_columns.dcm", file(film(Columns=0)), "film-size")
    put("4_gigapixels.dcm", file(film(Rows=65535, Columns=65535)), "film-size")
    put("a_row_more.dcm", file(film(Rows=H + 1)), "film-truncated")
    tall = np.repeat(f12, 2, axis=0)
    for name, value in {"PixelAspectRatio": ["1", "2"], "ImagerPixelSpacing": ["0.1", "0.2"], "PixelSpacing": [0.1, 0.2]}.items():
        put(f"tall_{name}.dcm", file(film(tall, **{name: value})), "same")
    put("tall.dcm", file(film(tall)), "answered")
    put("aspect_square.dcm", file(film(PixelAspectRatio=["1", "1"], ImagerPixelSpacing=["0.143", "0.144"])), "same")
    for ratio in (["0", "0"], ["1", "9"], ["1"], [""]):
        put(f"aspect_{'_'.join(ratio)}.dcm", file(film(PixelAspectRatio=ratio)), "same")
    private = film()
    private.add_new(0x00090010, "LO", "VENDOR")
    private.add_new(0x00091001, "UN", bytes(5000))
    put("private.dcm", file(private), "same")


def whole_files(put):
    plain, implicit, deflated = file(film()), file(film(), IMPLICIT), file(film(), DEFLATED)
    body, meta = plain[start(plain) :], plain[: start(plain)]
    implicit_body, implicit_meta = implicit[start(implicit) :], implicit[: start(implicit)]
    put("cut_half.dcm", plain[: len(plain) // 2], "film-truncated")
    put("cut_by_1.dcm", plain[:-1], "film-truncated")
    put("cut_deflated.dcm", deflated[:-300], "film-truncated")
    put("only_the_prefix.dcm", plain[:132], "film-damaged")
    put("trailing.dcm", plain + bytes(1000), "same")
    put("bare_explicit.dcm", body, "same")
    put("bare_implicit.dcm", implicit_body, "same")
    put("no_preamble.dcm", plain[132:], "same")
    put("no_meta.dcm", plain[:132] + body, "same")
    put("says_explicit_is_implicit.dcm", meta + implicit_body, "same")
    put("says_implicit_is_explicit.dcm", implicit_meta + body, "same")
    put("syntax_with_a_space.dcm", implicit.replace(b"1.2.840.10008.1.2\0", b"1.2.840.10008.1.2 "), "same")
    for name, magic in {"tiff": b"II*\0\x08\0\0\0", "pe": b"MZ\x90\0", "elf": b"\x7fELF", "pdf": b"%PDF-1.7"}.items():
        put(f"preamble_{name}.dcm", magic.ljust(128, b"\0") + plain[128:], "same")
    nested = (b"\x08\0\x40\x11\xff\xff\xff\xff" + b"\xfe\xff\0\xe0\xff\xff\xff\xff") * 20_000
    put("nested_20000_deep.dcm", implicit_meta + nested, "film-damaged")
    empty = b"".join(struct.pack("<HHI", 9 + 2 * (i >> 16), i & 0xFFFF, 0) for i in range(1, 1_000_000))
    put("a_million_elements.dcm", implicit_meta + empty + implicit_body, "film-damaged")
    huge = bytearray(plain)
    at = huge.rfind(b"\xe0\x7f\x10\0OW") + 8
    huge[at : at + 4] = b"\xff\xff\xff\x7f"
    put("pixels_of_2_gigabytes.dcm", huge, "film-truncated")
    huge[at : at + 4] = b"\xff\xff\xff\xff"
    put("pixels_of_no_end.dcm", huge, "film-damaged")
    deflated_meta = deflated[: deflated.find(b"1.2.840.10008.1.2.1.99") + 22]
    large = file(film(Rows=60000, Columns=60000))
    bombs = {"alone": (b"", "film-damaged"), "after": (body, "film-size"), "header": (large[start(large) :], "film-size")}
    for name, (first, expected) in bombs.items():
        packer = zlib.compressobj(1, zlib.DEFLATED, -15)
        bomb = packer.compress(first) + packer.compress(bytes(200_000_000)) + packer.flush()
        put(f"bomb_{name}.dcm", deflated_meta + bomb, expected)
