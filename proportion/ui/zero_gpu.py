"""The decorator by which a Hugging Face ZeroGPU Space lends a GPU to a function; nothing elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

try:
    from spaces import GPU as on_gpu
except ImportError:

    def on_gpu(function: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is: this machine lends its GPU, if it has one, to everybody."""
        return function
