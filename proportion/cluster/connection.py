"""Joining a Ray cluster, or starting one on this machine."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

from proportion.errors import BadInput

LOCAL = "local"
"""Address of a cluster that is started on this machine and ends with this process."""

_CODE = str(Path(__file__).resolve().parents[2])


def connect(address: str, **settings: object) -> None:
    """Join the cluster at an address (``auto``, ``HOST:PORT``) or start a `LOCAL` one.

    Workers need this package at the same version; one thread a task, since Ray gives each task one core.

    Raises:
        BadInput: Ray is not installed, or no cluster answers.
    """
    if importlib.util.find_spec("ray") is None:
        raise BadInput(
            "A cluster needs the cluster extra; run: pip install -e '.[cluster]'", "needs_cluster_extra"
        )
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing leaves the machine
    os.environ.setdefault("RAY_raylet_start_wait_time_s", "120")  # a busy machine needs longer than 30
    import ray

    path = os.pathsep.join(filter(None, (_CODE, os.environ.get("PYTHONPATH"))))
    environment = {"env_vars": {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"}}
    try:
        ray.init(
            address,
            runtime_env=environment,
            log_to_driver=False,
            include_dashboard=False if address == LOCAL else None,
            **settings,
        )
    except (ConnectionError, ValueError) as error:
        raise BadInput(f"There is no cluster at '{address}': {error}", "no_cluster") from None
