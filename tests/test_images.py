from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from proportion.errors import BadInput
from proportion.images import encode_picture, fit_within, load_picture


def _encoded(image: Image.Image, file_format: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format=file_format, **options)
    return buffer.getvalue()


def _png_claiming(width: int, height: int) -> bytes:
    """A small PNG whose header claims a size that nobody should decode."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = b"IDAT" + zlib.compress(b"\0" * 1000)
    chunks = (header, body, b"IEND")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in chunks
    )


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP"])
def test_reads_the_three_formats(file_format, tmp_path):
    content = _encoded(Image.new("RGB", (40, 30), (200, 10, 10)), file_format)
    path = tmp_path / "picture.bin"
    path.write_bytes(content)
    for source in (content, path, str(path)):
        picture = load_picture(source)
        assert picture.shape == (30, 40, 3) and picture.dtype == np.uint8
        assert np.abs(picture[15, 20].astype(int) - (200, 10, 10)).max() < 6


def test_orientation_of_the_camera_is_applied():
    image = Image.new("RGB", (40, 20), "white")
    image.paste("black", (0, 0, 20, 20))
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = load_picture(_encoded(image, "JPEG", exif=exif))
    assert picture.shape[:2] == (40, 20)
    assert picture[:15].mean() < 20 < 230 < picture[25:].mean()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_is_laid_over_white(mode):
    image = Image.new("RGBA", (20, 20), (0, 0, 0, 0)).convert(mode)
    options = {"transparency": 0} if mode == "P" else {}
    assert (load_picture(_encoded(image, "PNG", **options)) == 255).all()


def test_sixteen_bit_grey_is_scaled_not_clipped():
    grey = np.full((20, 20), 0x8000, dtype=np.uint16)
    assert (load_picture(_encoded(Image.fromarray(grey), "PNG")) == 0x80).all()


@pytest.mark.parametrize("mode", ["1", "L", "CMYK", "P"])
def test_other_modes_become_rgb(mode):
    file_format = "JPEG" if mode == "CMYK" else "PNG"
    picture = load_picture(_encoded(Image.new("RGB", (20, 20), "white").convert(mode), file_format))
    assert picture.shape == (20, 20, 3) and picture.min() > 250


@pytest.mark.parametrize("file_format", ["PNG", "WEBP"])
def test_animations_give_their_first_frame(file_format):
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    content = _encoded(frames[0], file_format, save_all=True, append_images=frames[1:], lossless=True)
    assert (load_picture(content)[10, 10] == (255, 0, 0)).all()


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "picture_unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture_unreadable"),
        (_encoded(Image.new("RGB", (20, 20)), "GIF"), "picture_unreadable"),
        (_encoded(Image.new("RGB", (200, 200)), "PNG")[:-40], "picture_unreadable"),
        (_png_claiming(13_000, 13_000), "picture_too_many_pixels"),
        (_png_claiming(2_000_000_000, 2_000_000_000), "picture_too_many_pixels"),
        (_encoded(Image.new("RGB", (4, 400)), "PNG"), "picture_too_small"),
        (b"\0" * 8_000_001, "picture_too_many_bytes"),
    ],
)
def test_what_cannot_be_used_is_refused_with_one_sentence(content, key):
    with pytest.raises(BadInput) as refusal:
        load_picture(content)
    assert refusal.value.key == key and "\n" not in str(refusal.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "none.png", tmp_path):
        with pytest.raises(BadInput):
            load_picture(path)


def test_fit_within_only_shrinks():
    picture = np.zeros((100, 50, 3), np.uint8)
    assert fit_within(picture, 20).shape == (20, 10, 3)
    assert fit_within(picture, 200) is picture


def test_encoded_pictures_come_back_unchanged():
    picture = np.random.default_rng(0).integers(0, 255, (20, 30, 3), dtype=np.uint8)
    assert (load_picture(encode_picture(picture)) == picture).all()
