"""Makes the files by which ONNX Runtime computes the networks; anew whenever a network's code changes.

``python -m proportion.training.graphs`` writes ``proportion/pose/graphs/*.onnx``. They hold no weights:
those of any checkpoint fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

from proportion.files import write_whole
from proportion.pose.checkpoint import load_calibration
from proportion.pose.limb_network import LimbNetwork
from proportion.pose.limbs import CELLS, MARKS, SIZE
from proportion.pose.network import PoseNetwork
from proportion.pose.passes import FigurePass, LimbPass
from proportion.pose.runtime import GRAPHS

_OPSET = 17
_ELSEWHERE = {"location": "checkpoint", "offset": "0"}


def graph(module: nn.Module, inputs: Mapping[str, Tensor], free: bool = False) -> bytes:
    """What a pass computes, without its weights.

    Args:
        module: of `pose.passes`; its weights are lost.
        inputs: examples by name.
        free: whether a batch may be of any size; one of fixed size is computed faster.
    """
    file = BytesIO()
    with torch.no_grad():
        for weight in module.parameters():  # equal ones would become one in the file
            nn.init.normal_(weight)
        torch.onnx.export(
            module.eval(),
            tuple(inputs.values()),
            file,
            dynamo=False,
            opset_version=_OPSET,
            do_constant_folding=False,
            input_names=list(inputs),
            dynamic_axes={name: {0: "batch"} for name in inputs if free},
        )
    model = onnx.load_from_string(file.getvalue())
    if {tensor.name for tensor in model.graph.initializer} != set(module.state_dict()):
        raise RuntimeError("The file does not take all weights of the network, or others.")
    for node in model.graph.node:
        node.ClearField("doc_string")
    for tensor in model.graph.initializer:
        length = len(tensor.raw_data)
        tensor.ClearField("raw_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
        for key, value in {**_ELSEWHERE, "length": str(length)}.items():
            tensor.external_data.add(key=key, value=value)
    return model.SerializeToString()


def graphs() -> dict[str, bytes]:
    """All of them by name, for views of the sizes that the shipped calibration names."""
    sizes, network = load_calibration(), PoseNetwork()
    view, closer, limb = (
        torch.zeros(1, side, side, 3, dtype=torch.uint8)
        for side in (sizes.coarse_size, sizes.fine_size, SIZE)
    )
    limbs = {"views": limb.repeat(2, 1, 1, 1), "marks": torch.zeros(2, MARKS, CELLS, CELLS)}
    fastpath = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)  # a single operation that ONNX does not know
    try:
        return {
            "first": graph(FigurePass(network, flip=False), {"view": view}),
            "second": graph(FigurePass(network, flip=True), {"view": closer}),
            "limbs": graph(LimbPass(LimbNetwork()), limbs, free=True),
        }
    finally:
        torch.backends.mha.set_fastpath_enabled(fastpath)


def save_graphs(folder: Path = GRAPHS) -> None:
    """Write them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in graphs().items():
        write_whole(folder / f"{name}.onnx", content)


if __name__ == "__main__":
    save_graphs()
