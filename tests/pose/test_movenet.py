import pytest
import torch
from torch.nn import functional

from proportion.pose.movenet import Conv, MoveNetBackbone, clipped, scaled_input


def test_turned_kernels_give_tensorflow_same_padding():
    generator = torch.Generator().manual_seed(0)
    picture = torch.randn(1, 3, 8, 8, generator=generator)
    layer = Conv(3, 5, 3, stride=2, relu6=False)
    same = functional.conv2d(
        functional.pad(picture, (0, 1, 0, 1)),
        layer.convolution.weight.flip(2, 3),
        layer.convolution.bias,
        stride=2,
    )
    turned = layer(picture.flip(2, 3)).flip(2, 3)
    assert torch.allclose(turned, same, atol=1e-6)


def test_training_path_of_strided_depthwise_filters_is_the_same():
    picture = torch.randn(2, 6, 8, 8, generator=torch.Generator().manual_seed(1))
    layer = Conv(6, 6, 3, stride=2, groups=6)
    assert torch.allclose(layer.train()(picture), layer.eval()(picture), atol=1e-6)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_strided_depthwise_filters_learn_as_plain_ones_do(dtype):
    generator = torch.Generator().manual_seed(1)
    layer = Conv(6, 6, 3, stride=2, groups=6, relu6=False).to(dtype)
    picture = torch.randn(2, 6, 8, 8, generator=generator).to(dtype)
    picture = picture.contiguous(memory_format=torch.channels_last).requires_grad_()
    plain = layer.convolution
    towards = torch.randn(2, 6, 4, 4, generator=generator).to(dtype)
    leaves = (picture, plain.weight, plain.bias)
    results = [
        (result, *torch.autograd.grad(result, leaves, towards))
        for result in (layer.train()(picture), plain(picture))
    ]
    for ours, theirs in zip(*results, strict=True):
        assert torch.allclose(ours, theirs, rtol=1e-2 if dtype == torch.bfloat16 else 1e-5, atol=1e-6)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_values_are_clipped_to_zero_and_six_in_every_precision(dtype):
    values = torch.randn(2, 5, 8, 8, generator=torch.Generator().manual_seed(0)) * 6
    values.flatten()[:4] = torch.tensor([0.0, -0.0, 6.0, -6.0])
    values = values.to(dtype).contiguous(memory_format=torch.channels_last)
    expected = functional.relu6(values)
    assert (expected == 0).any() and (expected == 6).any()
    with torch.inference_mode():
        assert torch.equal(clipped(values.clone()), expected)
    leaf = values.clone().requires_grad_()
    result = clipped(leaf * 1)
    assert torch.equal(result, expected)
    result.sum().backward()
    assert torch.equal(leaf.grad, ((values > 0) & (values < 6)).to(dtype))


def test_backbone_shapes_and_size():
    backbone = MoveNetBackbone()
    features, top, taps = backbone(scaled_input(torch.zeros(1, 3, 64, 96, dtype=torch.uint8)))
    assert features.shape == (1, 24, 16, 24)
    assert top.shape == (1, 1280, 2, 3)
    assert [tap.shape for tap in taps] == [(1, 40, 16, 24), (1, 56, 8, 12), (1, 112, 4, 6)]
    assert sum(p.numel() for p in backbone.parameters()) == 6_207_240
