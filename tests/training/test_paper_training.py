import numpy as np
import torch

from proportion.geometry import segment_lengths
from proportion.skeleton import PARTS, joint_points
from proportion.training.paper import cosine_loss, load_paper, train_paper
from proportion.training.paper_samples import aligned_by_torso, build_samples, paper_originals


def test_every_original_has_the_papers_number_of_variants(data_dir):
    originals = paper_originals(data_dir)["val"]
    for deterministic, bends, samples, same in (
        (False, False, 18, 9),
        (False, True, 22, 9),
        (True, False, 10, 1),
        (True, True, 14, 1),
    ):
        found = build_samples(
            originals, np.random.default_rng(0), deterministic=deterministic, bends=bends
        )
        assert len(found.label) == samples * len(originals)
        assert (found.label > 0).sum() == same * len(originals)
        np.testing.assert_array_equal(np.isnan(found.learner), np.isnan(found.standard))


def test_only_the_changing_variants_change_proportions(data_dir):
    originals = paper_originals(data_dir)["val"]
    samples = build_samples(originals, np.random.default_rng(0), deterministic=False, bends=True)
    lengths = [segment_lengths(points) for points in (samples.learner, samples.standard)]
    ratio = np.log(lengths[0] / lengths[1])
    spread = np.nanmax(ratio, axis=1) - np.nanmin(ratio, axis=1)
    assert spread[samples.label > 0].max() < 1e-6
    # A swirl may happen to be a small one.
    assert (spread[samples.label < 0] > 0.05).mean() > 0.97


def test_deterministic_alignment_stands_every_torso_in_one_place(data_dir):
    points = aligned_by_torso(paper_originals(data_dir)["val"])
    torso = joint_points(points, "neck") - joint_points(points, "pelvis")
    np.testing.assert_allclose(torso, np.broadcast_to((0.0, -0.3), torso.shape), atol=1e-9)
    assert np.isfinite(segment_lengths(points)[:, PARTS.index("torso")]).all()


def test_splits_share_no_original(data_dir):
    splits = paper_originals(data_dir)
    assert [len(points) for points in splits.values()] == [292, 42, 83]
    rows = np.nan_to_num(np.concatenate(list(splits.values()))).reshape(417, -1)
    assert len(np.unique(rows, axis=0)) == 417


def test_the_loss_is_the_papers():
    cosine, label = torch.tensor([0.8, 0.8, -0.5]), torch.tensor([1.0, -1.0, -1.0])
    torch.testing.assert_close(cosine_loss(cosine, label), torch.tensor((0.2 + 0.8 + 0.0) / 3))


def test_a_network_trains_saves_and_loads(data_dir, tmp_path):
    path = train_paper(data_dir, tmp_path, "Deterministic", epochs=1, size=32, say=lambda line: None)
    network, facts = load_paper(path)
    assert network.transformer is None and facts["epochs"] == 1 and 0 <= facts["val_accuracy"] <= 1
    again = train_paper(data_dir, tmp_path, "Deterministic", epochs=1, size=32, say=lambda line: None)
    assert again == path
