"""The backbone of MoveNet Thunder: a MobileNetV2 (width 1.75) trunk with a small feature pyramid.

Architecture of MoveNet (Votel and Li, TensorFlow Hub 2021, Apache-2.0): MobileNetV2 (Sandler et al.
2018) down to stride 32, then a top-down pyramid (Lin et al. 2017) back up to stride 4. The shipped
weights have their batch normalisation folded in, so every convolution here has a bias and no norm.

TensorFlow's SAME padding at stride 2 pads right and bottom only; turned by 180 degrees that is what
PyTorch's ``padding=1`` does. So the network works on turned pictures with turned kernels, and ordinary
layers (three times faster on a CPU than explicit padding) give the original's numbers.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.autograd.function import FunctionCtx
from torch.nn import functional

STEM_CHANNELS = 56
# (output channels, stride) of the 17 inverted residuals; those marked by TAPS feed the pyramid.
BLOCKS: tuple[tuple[int, int], ...] = (
    (32, 1),
    *((40, 2), (40, 1)),
    *((56, 2), (56, 1), (56, 1)),
    *((112, 2), (112, 1), (112, 1), (112, 1)),
    *((168, 1), (168, 1), (168, 1)),
    *((280, 2), (280, 1), (280, 1)),
    (560, 1),
)
EXPANSION = 6
TOP_CHANNELS = 1280
TAPS: tuple[int, ...] = (2, 5, 9)
PYRAMID_CHANNELS: tuple[int, ...] = (24, 32, 64)
FEATURE_CHANNELS = 24
FEATURE_STRIDE = 4
INPUT_MULTIPLE = 32
_SIX = int(torch.tensor(6.0, dtype=torch.bfloat16).view(torch.int16))


def scaled_input(pictures: Tensor) -> Tensor:
    """Pixel values 0..255 (any dtype) as the network wants them: float in [-1, 1]."""
    return pictures.float() / 127.5 - 1.0


def twice_as_fine(features: Tensor) -> Tensor:
    """``(B, C, H, W)`` to ``(B, C, 2 H, 2 W)``, bilinear with half-pixel centres."""
    return functional.interpolate(features, scale_factor=2, mode="bilinear", align_corners=False)


def clipped(features: Tensor) -> Tensor:
    """ReLU6 in place: a tenth less of the network's time, as features are read and written once less."""
    if features.dtype == torch.bfloat16:
        return _ClippedBits.apply(features)
    return functional.relu6(features, inplace=True)


class _ClippedBits(torch.autograd.Function):
    """ReLU6 of bfloat16.

    The bits of floats from 0 up are in order as integers, which are clamped five times as fast.
    """

    @staticmethod
    def forward(ctx: FunctionCtx, features: Tensor) -> Tensor:
        features.view(torch.int16).clamp_(0, _SIX)
        ctx.mark_dirty(features)
        ctx.save_for_backward(features)
        return features

    @staticmethod
    def backward(ctx: FunctionCtx, gradient: Tensor) -> Tensor:
        (result,) = ctx.saved_tensors
        return torch.ops.aten.hardtanh_backward(gradient, result, 0.0, 6.0)


class _StridedDepthwise(torch.autograd.Function):
    """A 3x3 filter per channel at every second pixel.

    The CPU has no fast gradient for it in bfloat16: that of the filter at every pixel, with zeros in
    between, takes a fifth of the time.
    """

    @staticmethod
    def forward(ctx: FunctionCtx, features: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        ctx.save_for_backward(features, weight)
        return functional.conv2d(features, weight, bias, 2, 1, groups=len(weight))

    @staticmethod
    def backward(ctx: FunctionCtx, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        features, weight = ctx.saved_tensors
        spread = torch.zeros_like(features)
        spread[:, :, ::2, ::2] = gradient
        sides, groups = [1, 1], len(weight)
        return torch.ops.aten.convolution_backward(
            *(spread, features, weight, [groups], sides, sides, sides),
            *(False, [0, 0], groups, [True, True, True]),
        )


class Conv(nn.Module):
    """Convolution with an optional clipped ReLU."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int = 1,
        stride: int = 1,
        groups: int = 1,
        relu6: bool = True,
    ) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups)
        self.relu6 = relu6

    def forward(self, features: Tensor) -> Tensor:
        """``(B, inputs, H, W)`` to ``(B, outputs, H / stride, W / stride)``."""
        layer = self.convolution
        if layer.groups > 1 and layer.stride == (2, 2) and layer.weight.requires_grad and self.training:
            weight, bias = (tensor.to(features.dtype) for tensor in (layer.weight, layer.bias))
            features = _StridedDepthwise.apply(features, weight, bias)
        else:
            features = layer(features)
        return clipped(features) if self.relu6 else features


class InvertedResidual(nn.Module):
    """Widen (1x1), filter each channel (3x3), narrow without activation; add the input if it fits."""

    def __init__(self, inputs: int, outputs: int, stride: int, expansion: int) -> None:
        super().__init__()
        width = inputs * expansion
        self.expand = Conv(inputs, width) if expansion > 1 else None
        self.depthwise = Conv(width, width, 3, stride, groups=width)
        self.project = Conv(width, outputs, relu6=False)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, features: Tensor) -> Tensor:
        """``(B, inputs, H, W)`` to ``(B, outputs, H / stride, W / stride)``."""
        inner = features if self.expand is None else self.expand(features)
        inner = self.project(self.depthwise(inner))
        return features + inner if self.residual else inner


class SeparableConv(nn.Sequential):
    """A 3x3 filter per channel, a 1x1 mix, ReLU."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(
            nn.Conv2d(inputs, inputs, 3, padding=1, groups=inputs, bias=False),
            nn.Conv2d(inputs, outputs, 1),
            nn.ReLU(inplace=True),
        )


class MoveNetBackbone(nn.Module):
    """Picture to features at stride 4 (for places) and at stride 32 (for the whole)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = Conv(3, STEM_CHANNELS, 3, stride=2)
        widths = (STEM_CHANNELS, *(channels for channels, _ in BLOCKS))
        self.blocks = nn.ModuleList(
            InvertedResidual(widths[i], channels, stride, EXPANSION if i else 1)
            for i, (channels, stride) in enumerate(BLOCKS)
        )
        self.top = Conv(widths[-1], TOP_CHANNELS)
        self.top_lateral = nn.Conv2d(TOP_CHANNELS, PYRAMID_CHANNELS[-1], 1)
        self.laterals = nn.ModuleList(
            nn.Conv2d(BLOCKS[tap][0], channels, 1)
            for tap, channels in zip(TAPS, PYRAMID_CHANNELS, strict=True)
        )
        smooth_outputs = (FEATURE_CHANNELS, *PYRAMID_CHANNELS[:-1])
        self.smooths = nn.ModuleList(
            SeparableConv(channels, outputs)
            for channels, outputs in zip(PYRAMID_CHANNELS, smooth_outputs, strict=True)
        )

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor, list[Tensor]]:
        """Features of scaled pictures.

        Args:
            pictures: ``(B, 3, S, S)`` RGB in [-1, 1], S a multiple of 32.

        Returns:
            ``(B, 24, S / 4, S / 4)`` pyramid features, ``(B, 1280, S / 32, S / 32)`` top features,
            and the trunk's features at strides 4, 8 and 16.
        """
        features, taps = self.stem(pictures.flip(2, 3)), []
        for index, block in enumerate(self.blocks):
            features = block(features)
            if index in TAPS:
                taps.append(features)
        top = self.top(features)
        pyramid = self.top_lateral(top)
        for tap, lateral, smooth in zip(
            reversed(taps), reversed(self.laterals), reversed(self.smooths), strict=True
        ):
            pyramid = smooth(twice_as_fine(pyramid) + lateral(tap))
        return pyramid.flip(2, 3), top.flip(2, 3), [tap.flip(2, 3) for tap in taps]
