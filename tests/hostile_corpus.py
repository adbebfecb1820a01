"""Bad pictures, files, zips and calls made by code: what a public page gets thrown at it."""

from __future__ import annotations

import base64
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

from proportion.skeleton import JOINTS

_PNG = b"\x89PNG\r\n\x1a\n"


def _encode(image: Image.Image, file_format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format=file_format, **options)
    return buffer.getvalue()


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_claiming(
    width: int, height: int, depth: int = 8, colour: int = 2, body: bytes = b"\0" * 1000
) -> bytes:
    """A small PNG whose header claims any size, bit depth and colour type."""
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return _PNG + header + _chunk(b"IDAT", zlib.compress(body)) + _chunk(b"IEND", b"")


def bad_pictures() -> Iterator[tuple[str, bytes]]:
    """Names and contents that `images.load_picture` must refuse with one sentence."""
    rng = np.random.default_rng(0)
    good = Image.fromarray(rng.integers(0, 255, (300, 200, 3), dtype=np.uint8))
    for file_format in ("PNG", "JPEG", "WEBP"):
        content = _encode(good, file_format)
        for share in np.linspace(0.01, 0.9, 12):
            yield f"truncated-{share:.2f}.{file_format}", content[: int(len(content) * share)]
        head = content[: 12 if file_format == "WEBP" else 4]
        yield f"header-only.{file_format}", head
        yield f"header-and-noise.{file_format}", head + rng.bytes(5000)
        yield f"header-and-zeros.{file_format}", head + bytes(5000)
    for side in (5001, 13_000, 65_535, 2**20, 2**31 - 1, 2**32 - 1):
        yield f"claims-{side}-squared.png", png_claiming(side, side)
        yield f"claims-wide-{side}.png", png_claiming(side, 5000)
    for width, height in ((0, 0), (0, 100), (100, 0), (1, 1), (1, 25_000_000), (15, 15), (4, 4000)):
        yield f"size-{width}x{height}.png", png_claiming(width, height)
    for depth in (0, 3, 7, 32, 255):
        yield f"depth-{depth}.png", png_claiming(64, 64, depth=depth)
    for colour in (1, 5, 7, 255):
        yield f"colour-{colour}.png", png_claiming(64, 64, colour=colour)
    bomb = Image.new("1", (13_000, 13_000))
    yield "bomb-bilevel.png", _encode(bomb, "PNG")
    yield (
        "bomb.webp",
        _encode(Image.new("RGB", (16_000, 1_600)), "WEBP", lossless=True, quality=0, method=0),
    )
    yield "bomb.jpg", _encode(Image.new("L", (8_000, 8_000)), "JPEG", quality=1)
    text_bomb = zlib.compress(b"a" * 50_000_000)
    yield (
        "text-bomb.png",
        (
            _PNG
            + _chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0))
            + _chunk(b"zTXt", b"Comment\0\0" + text_bomb)
            + _chunk(b"IEND", b"")
        ),
    )
    yield (
        "no-data.png",
        (_PNG + _chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)) + _chunk(b"IEND", b"")),
    )
    yield "too-many-bytes.png", _PNG + bytes(8_000_001)
    for file_format in ("GIF", "BMP", "TIFF", "ICO", "PPM", "TGA", "PCX", "PDF", "EPS"):
        yield f"really-a-{file_format}.png", _encode(good.resize((64, 64)), file_format)
    for name, text in {
        "svg": "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "xml": "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
        "html": "<!doctype html><script>alert(1)</script>",
        "php": "<?php system('id'); ?>",
        "json": '{"a": 1}',
        "url": "http://127.0.0.1/picture.png",
        "data-url": "data:image/png;base64,AAAA",
        "script": "#!/bin/sh\nexit 1\n",
        "zip": "PK\x03\x04",
        "gzip": "\x1f\x8b\x08",
        "elf": "\x7fELF",
        "pickle": "\x80\x04\x95",
        "nul": "\0",
        "empty": "",
        "space": " \n ",
    }.items():
        yield f"{name}.png", text.encode("latin-1")
    for magic in (
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0\x00\x10JFIF\0",
        b"RIFF\xff\xff\xff\xffWEBPVP8 ",
        _PNG,
    ):
        for index in range(10):
            yield f"noise-{magic[:4].hex()}-{index}", magic + rng.bytes(int(rng.integers(1, 4000)))
    yield "heic.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
    yield "avif.avif", b"\0\0\0\x1cftypavif\0\0\0\0avifmif1"


def bad_skeletons() -> Iterator[tuple[str, bytes]]:
    """Names and contents that `keypoint_files.read_skeleton` must refuse with one sentence."""
    numbers = (
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "1" + "0" * 400,
        "true",
        '"3"',
        "[1]",
        "{}",
        "1e300",
    )
    for number in numbers:
        for field in ("x", "y"):
            other = "y" if field == "x" else "x"
            joint = f'{{"{field}": {number}, "{other}": 1, "state": "seen"}}'
            yield f"{field}-{number[:9]}", _skeleton_text(f'"chin": {joint}')
        yield f"sigma-{number[:9]}", _skeleton_text(f'"chin": {{"x": 1, "y": 1, "sigma": {number}}}')
        yield f"size-{number[:9]}", f'{{"image_size": [{number}, 5], "joints": {{}}}}'.encode()
    for state in ('"gone"', "1", "null", "[]", "{}", '""', '"SEEN"', '"seen "'):
        yield f"state-{state}", _skeleton_text(f'"chin": {{"x": 1, "y": 1, "state": {state}}}')
    for name in (
        "tail",
        "",
        "a\nb",
        "__proto__",
        "left_Shoulder",
        "../../etc/passwd",
        "关节",
        "a" * 10_000,
    ):
        yield f"joint-{name[:12]}", _skeleton_text(f'{json.dumps(name)}: {{"x": 1, "y": 1}}')
    for size in (
        "[]",
        "[1]",
        "[1, 2, 3]",
        "[0, 5]",
        "[-1, 5]",
        "[1.5, 2]",
        "[100001, 1]",
        "null",
        '"5x5"',
        "{}",
    ):
        yield f"image-size-{size}", f'{{"image_size": {size}, "joints": {{}}}}'.encode()
    for value in ("null", "1", "[]", '"x"', "[[1, 2]]"):
        yield f"joint-is-{value}", _skeleton_text(f'"chin": {value}')
        yield f"joints-are-{value}", f'{{"image_size": [5, 5], "joints": {value}}}'.encode()
        yield f"file-is-{value}", value.encode()
        yield f"people-are-{value}", f'{{"people": {value}}}'.encode()
        yield f"annotations-are-{value}", f'{{"annotations": {value}}}'.encode()
    yield "wrong-format", b'{"format": "proportion-skeleton/99", "image_size": [5, 5], "joints": {}}'
    yield "deep", b'{"a":' * 50_000
    yield "deep-list", b"[" * 100_000 + b"]" * 100_000
    yield (
        "fifty-thousand-joints",
        _skeleton_text(",".join(f'"j{i}": {{"x":1,"y":1}}' for i in range(20_000))),
    )
    yield "huge", b" " * 2_000_000
    yield "not-utf8", b"\xff\xfe\x00{"
    yield "truncated", _skeleton_text(",".join(f'"{name}": {{"x": 1, "y": 1}}' for name in JOINTS))[:-20]
    for count in (0, 1, 53, 55, 75, 50_000):
        people = [{"pose_keypoints_2d": [1.0] * count}]
        yield (
            f"openpose-{count}",
            json.dumps({"people": people, "canvas_width": 9, "canvas_height": 9}).encode(),
        )


def _skeleton_text(joints: str) -> bytes:
    return f'{{"image_size": [100, 100], "joints": {{{joints}}}}}'.encode()


def bad_zips() -> Iterator[tuple[str, bytes]]:
    """Names and contents that `class_sheet.drawings` refuses, or of which it keeps nothing usable."""
    good = _zip({"a.png": _encode(Image.new("RGB", (64, 64)), "PNG")})
    for share in (0.1, 0.5, 0.9, 0.99):
        yield f"truncated-{share}.zip", good[: int(len(good) * share)]
    yield "empty.zip", b""
    yield "no-entries.zip", _zip({})
    yield "noise.zip", b"PK\x03\x04" + np.random.default_rng(1).bytes(4000)
    yield "only-text.zip", _zip({"notes.txt": b"hello"})
    yield "only-hidden.zip", _zip({"__MACOSX/._a.png": b"x", ".a.png": b"y"})
    yield "only-folder.zip", _zip({"a.png/": b""})
    yield "zip-in-zip.zip", _zip({"inner.zip": good})
    yield "too-many.zip", _zip({f"{number}.png": b"x" for number in range(500)})
    yield "wrong-checksum.zip", good.replace(good[14:18], b"\0\0\0\0")
    flags = good.index(b"PK\x01\x02") + 8
    yield "encrypted.zip", good[:flags] + b"\x01\0" + good[flags + 2 :]
    for name in (
        "../../escape.png",
        "/tmp/escape.png",
        "C:\\escape.png",
        "a/../../escape.png",
        "a\0.png",
    ):
        yield f"path-{name!r}.zip", _zip({name: b"no picture"})
    entry = b"PK\1\2" + bytes(24) + struct.pack("<H", 1) + bytes(16) + b"a"
    count, size = 600_000, 600_000 * len(entry)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count % 2**16, count % 2**16, size, 0, 0)
    yield "many-entries.zip", entry * count + end
    yield "bomb.zip", _zip({"bomb.png": bytes(200_000_000)})
    yield "many-bombs.zip", _zip({f"{number}.png": bytes(20_000_000) for number in range(8)})


def _zip(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in entries.items():
            pack.writestr(name, content)
    return buffer.getvalue()


def bad_projects() -> Iterator[tuple[str, bytes]]:
    """Names and contents of ``.proportion.json`` files that `takeaway.read_back` must refuse."""
    skeleton = {"image_size": [64, 64], "joints": {"chin": {"x": 1, "y": 1}}}
    picture = "data:image/png;base64,"
    pictures: dict[str, object] = {
        "no-data-url": "hello",
        "number": 5,
        "list": [1],
        "object": {"path": "/etc/passwd"},
        "file-url": "file:///etc/passwd",
        "url": "http://127.0.0.1/picture.png",
        "not-base64": picture + "***",
        "base64-of-nothing": picture,
        "base64-of-noise": picture + "AAAA" * 1000,
        "bomb": picture + base64.b64encode(png_claiming(13_000, 13_000)).decode(),
        "too-many-bytes": picture + base64.b64encode(_PNG + bytes(8_000_001)).decode(),
        "another-size": picture + base64.b64encode(_encode(Image.new("RGB", (32, 32)), "PNG")).decode(),
        "svg": "data:image/svg+xml;base64," + base64.b64encode(b"<svg/>").decode(),
    }
    for name, value in pictures.items():
        project = {"format": "proportion-project/1", "picture": value, "skeleton": skeleton}
        yield f"picture-{name}", json.dumps(project).encode()
    for name, value in {"none": None, "list": [], "text": "x", "empty": {}, "number": 1}.items():
        yield (
            f"skeleton-{name}",
            json.dumps({"format": "proportion-project/1", "skeleton": value}).encode(),
        )
    yield "nan", b'{"format": "proportion-project/1", "skeleton": NaN}'
    yield "huge", b'{"format": "proportion-project/1", "skeleton": [' + b"[]," * 13_000_000 + b"[]]}"
    yield (
        "deep",
        b'{"format": "proportion-project/1", "skeleton": ' + b"[" * 90_000 + b"]" * 90_000 + b"}",
    )


def bad_calls() -> Iterator[tuple[str, str, bytes]]:
    """Names, addresses and bodies of calls that the server must refuse before Gradio sees them."""
    for path in (
        "/etc/passwd",
        "../../etc/passwd",
        "/proc/self/environ",
        "app.py",
        "",
        "/tmp",
        "http://127.0.0.1:1/a.png",
        "https://example.com/a.png",
        "HTTPS://EXAMPLE.COM/a.png",
        "//example.com/a.png",
        "file:///etc/passwd",
        "ftp://example.com/a.png",
        "data:image/png;base64,AAAA",
        "a" * 100_000,
        "nul\0byte",
        5,
        None,
        ["/etc/passwd"],
    ):
        file = {"path": path, "url": path, "meta": {"_type": "gradio.FileData"}}
        call = {"data": [file], "fn_index": 1, "session_hash": "hostile"}
        yield f"file-{str(path)[:20]!r}", "/gradio_api/queue/join", json.dumps(call).encode()
        yield f"named-{str(path)[:20]!r}", "/gradio_api/call/pose", json.dumps(call).encode()
    for name, body in {
        "empty": b"",
        "no-json": b"hello",
        "list": b"[]",
        "null": b"null",
        "number": b"1",
        "not-utf8": b"\xff\xfe",
        "nan": b'{"data": [NaN], "fn_index": 1, "session_hash": "x"}',
        "infinity": b'{"data": [Infinity], "fn_index": 1, "session_hash": "x"}',
        "deep": b'{"data": ' + b"[" * 60 + b"]" * 60 + b', "fn_index": 1, "session_hash": "x"}',
        "very-deep": b'{"data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        "huge": b'{"data": ["' + b"a" * 4_000_000 + b'"], "fn_index": 1, "session_hash": "x"}',
        "no-data": b"{}",
        "no-tab": b'{"data": [1], "fn_index": 1}',
        "no-such-function": b'{"data": [1], "fn_index": 100000, "session_hash": "x"}',
        "negative-function": b'{"data": [1], "fn_index": -1, "session_hash": "x"}',
        "function-is-text": b'{"data": [1], "fn_index": "pose", "session_hash": "x"}',
        "data-is-text": b'{"data": "x", "fn_index": 1, "session_hash": "x"}',
        "tab-is-number": b'{"data": [1], "fn_index": 1, "session_hash": 5}',
    }.items():
        yield f"body-{name}", "/gradio_api/queue/join", body
    for address in (
        "/gradio_api/component_server",
        "/gradio_api/run/find",
        "/gradio_api/call/find",
        "/gradio_api/call/check",
        "/gradio_api/api/redraw",
        "/gradio_api/process_recording",
        "/gradio_api/vibe-edit/",
        "/gradio_api/run-history/connect",
        "/login",
    ):
        yield f"closed-{address}", address, b'{"data": [1], "session_hash": "x"}'
