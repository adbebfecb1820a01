"""The trained networks at work, computed by ONNX Runtime: in two thirds of PyTorch's time on a CPU.

What a pass computes is a file without weights, made by `training.graphs` from `pose.passes`; the weights
come from the checkpoints. All in float32, so that every processor finds the same joints.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from onnxruntime import InferenceSession, OrtValue, SessionOptions, disable_telemetry_events

GRAPHS = Path(__file__).with_name("graphs")
"""Folder of the files, ``<name>.onnx``."""
_PREFIX = "network."  # where a pass has the network whose weights the checkpoint holds
_ONLY_FAILURES = 3

disable_telemetry_events()  # Windows would be told which operations run; it does nothing elsewhere

Pass = Callable[..., tuple[np.ndarray, ...]]
"""A pass over pictures: arrays in, arrays out."""


class Graph:
    """A `Pass`. Safe to share between threads.

    Args:
        name: of the file in `GRAPHS`.
        weights: float32 arrays by name, as a checkpoint holds them.
        threads: that compute one batch; `usual_threads` if None.
    """

    def __init__(self, name: str, weights: Mapping[str, np.ndarray], threads: int | None = None) -> None:
        options = SessionOptions()
        options.log_severity_level = _ONLY_FAILURES
        options.intra_op_num_threads = threads or usual_threads()
        # Threads that go on looking for work when a pass is done would slow down whatever comes next.
        options.add_session_config_entry("session.force_spinning_stop", "1")
        # The session reads the weights where they lie, so they stay with it.
        self._weights = [OrtValue.ortvalue_from_numpy(array) for array in weights.values()]
        options.add_external_initializers([_PREFIX + key for key in weights], self._weights)
        graph = (GRAPHS / f"{name}.onnx").read_bytes()
        self._session = InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._inputs = [value.name for value in self._session.get_inputs()]

    def __call__(self, *inputs: np.ndarray) -> tuple[np.ndarray, ...]:
        """Compute one batch."""
        return tuple(self._session.run(None, dict(zip(self._inputs, inputs, strict=True))))


def usual_threads() -> int:
    """``OMP_NUM_THREADS``, of which the first number counts here, or as many as there are cores."""
    wanted = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()
    return int(wanted) if wanted.isdecimal() and int(wanted) > 0 else os.cpu_count() or 1
