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
from proportion.skeleton import LIMBS

_OPSET = 17
_BACKBONE = "/backbone/"
_TURN = {"last": [-1, -1], "past first": [-(2**31), -(2**31)], "rows, columns": [2, 3], "back": [-1, -1]}
"""Inputs of ONNX's ``Slice`` that turns a kernel by 180 degrees: starts, ends, axes, steps."""
_ELSEWHERE = {"location": "checkpoint", "offset": "0"}


def graph(module: nn.Module, inputs: Mapping[str, Tensor]) -> bytes:
    """What a pass computes, without its weights.

    Args:
        module: of `pose.passes`; its weights are lost.
        inputs: examples by name, of the only sizes that it will take.
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
    _turn_back(model.graph)
    return model.SerializeToString()


def _turn_back(computed: onnx.GraphProto) -> None:
    """Let MoveNet's backbone work on pictures as they stand, which spares turning its input and outputs.

    Turned, its 3x3 kernels are those of TensorFlow again, and so is the padding: see `pose.movenet`.
    """
    inside = [node for node in computed.node if _BACKBONE in node.name]
    turns = {node.output[0]: node.input[0] for node in inside if node.op_type == "Slice"}
    for node in computed.node:
        for index, name in enumerate(node.input):
            node.input[index] = turns.get(name, name)
    kernels = []
    for node in inside:
        settings = {entry.name: entry.ints for entry in node.attribute}
        if node.op_type != "Conv" or list(settings["kernel_shape"]) != [3, 3]:
            continue
        if list(settings["strides"]) == [2, 2]:
            settings["pads"][:] = [0, 0, 1, 1]
        turned = f"{node.input[1]}.turned"
        kernels.append(onnx.helper.make_node("Slice", [node.input[1], *_TURN], [turned]))
        node.input[1] = turned
    rest = [node for node in computed.node if node.output[0] not in turns]
    del computed.node[:]
    computed.node.extend([*kernels, *rest])
    if kernels:
        computed.initializer.extend(
            onnx.helper.make_tensor(name, onnx.TensorProto.INT64, [2], values)
            for name, values in _TURN.items()
        )


def graphs() -> dict[str, bytes]:
    """All of them by name, for views of the sizes that the shipped calibration names."""
    sizes, network = load_calibration(), PoseNetwork()
    view, closer, limb = (
        torch.zeros(1, side, side, 3, dtype=torch.uint8)
        for side in (sizes.coarse_size, sizes.fine_size, SIZE)
    )
    count = len(LIMBS)
    limbs = {"views": limb.repeat(count, 1, 1, 1), "marks": torch.zeros(count, MARKS, CELLS, CELLS)}
    fastpath = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)  # a single operation that ONNX does not know
    try:
        return {
            "first": graph(FigurePass(network, flip=False), {"view": view}),
            "second": graph(FigurePass(network, flip=True), {"view": closer}),
            "limbs": graph(LimbPass(LimbNetwork()), limbs),
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
