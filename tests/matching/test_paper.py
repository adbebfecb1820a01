import torch

from proportion.matching.paper import PAPER_SIZE, PaperNetwork, render_colours
from proportion.matching.rendering import placing_frame
from proportion.synthesis.projections import PLANS, pose_basis, pose_joints, project

T_POSE = torch.zeros(1, 22, 4)
T_POSE[..., 3] = 1.0


def _figure() -> torch.Tensor:
    points = project(pose_joints(PLANS["anime"][None], pose_basis(T_POSE.numpy())))
    frame = torch.from_numpy(placing_frame(points, upright=True)).float()
    return torch.from_numpy(points).float() @ frame[:, :, :2].transpose(1, 2) + frame[:, None, :, 2]


def test_the_papers_network_compares_only_the_learner_through_its_transformer():
    torch.manual_seed(0)
    network = PaperNetwork(transformer=True).eval()
    picture = render_colours(_figure())
    assert picture.shape == (1, 3, PAPER_SIZE, PAPER_SIZE)
    assert picture.min() >= 0 and picture.max() <= 1
    aligned, matrix = network.align(picture)
    torch.testing.assert_close(matrix, torch.eye(3)[None, :2])
    torch.testing.assert_close(aligned, picture, atol=1e-4, rtol=0)
    torch.testing.assert_close(network(picture, picture), torch.ones(1), atol=1e-4, rtol=0)


def test_deterministic_alignment_has_no_transformer_to_train():
    network = PaperNetwork(transformer=False)
    assert network.transformer is None
    picture = render_colours(_figure())
    assert network.align(picture)[0] is picture
    assert network.encoder(picture).shape[1:] == (64, 74, 74)
    small = PaperNetwork(transformer=True, size=64).eval()
    assert small(*[render_colours(_figure(), 64)] * 2).shape == (1,)
