"""What a host may set: limits, sharing and framing, each through the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields

PREFIX = "PROPORTION_"


@dataclass(frozen=True)
class Settings:
    """Limits and sharing of the page; `from_environment` reads ``PROPORTION_MAX_MEGABYTES`` and so on.

    Attributes:
        max_megabytes: largest file of a picture.
        max_zip_megabytes: largest zip of a class, which stays on the disk: drawings are read one by one.
        max_megapixels: largest picture; its header is checked before anything is decoded.
        max_class_drawings: drawings that one class may hold.
        max_request_kilobytes: largest body of a request that is no upload.
        max_stored_megabytes: what all visitors' uploads may take on the disk together.
        max_queue: visitors that may wait for one step; more are asked to try again.
        workers: checks at the same time; 0 means one a core.
        keep_seconds: uploads are removed when they are this old, if their tab was not closed before.
        frame_ancestors: which sites may show the page in a frame, as in ``Content-Security-Policy``.
    """

    max_megabytes: int = 8
    max_zip_megabytes: int = 100
    max_megapixels: int = 25
    max_class_drawings: int = 60
    max_request_kilobytes: int = 3000
    max_stored_megabytes: int = 2000
    max_queue: int = 100
    workers: int = 0
    keep_seconds: int = 3600
    frame_ancestors: str = "*"

    @property
    def max_upload_megabytes(self) -> int:
        """Largest upload of any kind; a picture that is too large is refused when it is read."""
        return max(self.max_megabytes, self.max_zip_megabytes)

    @classmethod
    def from_environment(cls) -> Settings:
        """The defaults with what the environment says in their place.

        Raises:
            ValueError: a limit is not a whole number of at least 0.
        """
        given = {}
        for field in fields(cls):
            text = os.environ.get(PREFIX + field.name.upper())
            if text is not None:
                given[field.name] = _parsed(field.name, text, type(field.default))
        return cls(**given)


def _parsed(name: str, text: str, kind: type) -> int | str:
    if kind is str:
        if any(character in text for character in ";,\r\n"):
            raise ValueError(f"{PREFIX}{name.upper()} must hold one list of sources")
        return text
    if not text.isdecimal():
        raise ValueError(f"{PREFIX}{name.upper()} must be a whole number, not '{text}'")
    return int(text)


SETTINGS = Settings.from_environment()


def parallel_checks() -> int:
    """Checks at the same time on this machine: as set, or one a core that this process may use."""
    if SETTINGS.workers:
        return SETTINGS.workers
    has_affinity = hasattr(os, "sched_getaffinity")
    return len(os.sched_getaffinity(0)) if has_affinity else os.cpu_count() or 1
