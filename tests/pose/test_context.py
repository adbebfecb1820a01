import pytest
import torch

from proportion.pose.context import CONTEXT_CHANNELS, WIDTH, ContextDecoder
from proportion.pose.movenet import BLOCKS, TAPS, TOP_CHANNELS
from proportion.pose.network import PoseNetwork


def stages(size: int, seed: int = 0) -> tuple[list[torch.Tensor], torch.Tensor]:
    draw = torch.Generator().manual_seed(seed)
    taps = [
        torch.rand(1, BLOCKS[tap][0], size // stride, size // stride, generator=draw)
        for tap, stride in zip(TAPS, (4, 8, 16), strict=True)
    ]
    return taps, torch.rand(1, TOP_CHANNELS, size // 32, size // 32, generator=draw)


@pytest.mark.parametrize("size", [192, 256])
def test_features_come_at_the_cells_of_the_maps(size):
    features, whole = ContextDecoder()(*stages(size))
    assert features.shape == (1, CONTEXT_CHANNELS, size // 4, size // 4)
    assert whole.shape == (1, WIDTH)


def test_every_cell_sees_the_whole_view():
    decoder = ContextDecoder().eval()
    taps, top = stages(256)
    corner = [tap.clone() for tap in taps]
    corner[2][..., :2, :2] += 3.0
    with torch.no_grad():
        moved = (decoder(corner, top)[0] - decoder(taps, top)[0]).abs().amax(1)[0]
    assert (moved[-8:, -8:] > 0).all()


def test_it_has_no_say_before_it_is_trained():
    network = PoseNetwork().eval()
    picture = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        maps = network(picture)
        features, _, _ = network.backbone(picture)
        assert torch.equal(maps.heat, network.heat(features))
        assert torch.equal(maps.log_spread, network.spread(features))
