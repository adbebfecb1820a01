"""The only door for pictures from outside: limits, formats, orientation, alpha and decoding."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from proportion.errors import BadInput
from proportion.settings import SETTINGS

MAX_MEGABYTES = SETTINGS.max_megabytes
MAX_MEGAPIXELS = SETTINGS.max_megapixels
MIN_SIDE = 16
FORMATS = ("PNG", "JPEG", "WEBP")


def load_picture(source: str | Path | bytes) -> np.ndarray:
    """Decode a picture that a user gave.

    The size in the header is checked before anything is decoded. The camera's orientation is applied,
    transparency is laid over white, 16-bit and palette pictures become 8-bit RGB, and of an animation
    the first frame is taken.

    Args:
        source: path of a file, or the file's content.

    Returns:
        ``(H, W, 3)`` uint8 RGB, upright.

    Raises:
        BadInput: the picture cannot be used; the sentence says what to do.
    """
    content = source if isinstance(source, bytes) else _read_file(Path(source))
    if len(content) > MAX_MEGABYTES * 1_000_000:
        raise BadInput(
            f"This picture is larger than {MAX_MEGABYTES} MB; save a smaller copy and try again.",
            "picture_too_many_bytes",
            limit=MAX_MEGABYTES,
        )
    # A hostile file can make a decoder fail in many ways; all of them mean the same to the user.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(content), formats=FORMATS)
            _check_size(*image.size)
            image.load()
            ImageOps.exif_transpose(image, in_place=True)
            return np.asarray(_to_rgb(image))
    except BadInput:
        raise
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except Exception:
        raise BadInput(
            "This file is not a picture that we can open; use a PNG, JPEG or WebP picture.",
            "picture_unreadable",
        ) from None


def fit_within(picture: np.ndarray, max_side: int) -> np.ndarray:
    """Shrink an ``(H, W, 3)`` picture so that its longer side is at most ``max_side`` pixels."""
    height, width = picture.shape[:2]
    ratio = max_side / max(height, width)
    if ratio >= 1:
        return picture
    size = (max(1, round(width * ratio)), max(1, round(height * ratio)))
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS))


def encode_picture(picture: np.ndarray, file_format: str = "PNG") -> bytes:
    """An ``(H, W, 3)`` RGB or ``(H, W, 4)`` RGBA picture as file content without metadata."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, format=file_format)
    return buffer.getvalue()


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_MEGABYTES * 1_000_000 + 1)
    except OSError:
        raise BadInput(
            f"There is no readable file at '{path}'; check the name.", "file_not_found", name=path.name
        ) from None


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_MEGAPIXELS * 1_000_000:
        raise _too_many_pixels()
    if min(width, height) < MIN_SIDE:
        raise BadInput(
            f"This picture is smaller than {MIN_SIDE} pixels; use a larger one.",
            "picture_too_small",
            limit=MIN_SIDE,
        )


def _too_many_pixels() -> BadInput:
    return BadInput(
        f"This picture has more than {MAX_MEGAPIXELS} megapixels; save a smaller one and try again.",
        "picture_too_many_pixels",
        limit=MAX_MEGAPIXELS,
    )


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16-bit grey, which Pillow does not reduce by itself
        grey = np.asarray(image).astype(np.uint32) >> 8
        return Image.fromarray(grey.astype(np.uint8)).convert("RGB")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")
