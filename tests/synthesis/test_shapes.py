import numpy as np
import pytest

from proportion.synthesis.shapes import ball, fan, grid_triangles, limb, merge, ribbon, tube


def volume(vertices, triangles):
    """Signed volume: positive where triangles are counter-clockwise seen from outside."""
    a, b, c = (vertices[triangles[:, corner]] for corner in range(3))
    return np.einsum("ni,ni->n", a, np.cross(b, c)).sum() / 6


def test_a_ball_holds_what_a_ball_holds():
    vertices, triangles = ball((1.0, 2.0, 3.0), (1.0, 2.0, 0.5), sides=40)
    assert abs(volume(vertices, triangles)) == pytest.approx(4 / 3 * np.pi, rel=0.03)


def test_a_limb_is_a_capsule():
    vertices, _ = limb(np.zeros(3), np.array([2.0, 0, 0]), np.array([0.5, 0.5]), sides=24)
    assert vertices[:, 0].min() == pytest.approx(-0.5)
    assert vertices[:, 0].max() == pytest.approx(2.5)
    assert np.abs(vertices[:, 1]).max() == pytest.approx(0.5, rel=0.01)


def test_a_tube_is_wide_along_its_flat_side():
    path = np.stack([np.zeros(4), np.arange(4.0), np.zeros(4)], 1)
    vertices, _ = tube(path, np.tile([2.0, 0.5], (4, 1)), np.array([1.0, 0, 0]), sides=12)
    assert np.abs(vertices[:, 0]).max() == pytest.approx(2.0)
    assert np.abs(vertices[:, 2]).max() == pytest.approx(0.5)


def test_a_fan_fills_its_outline():
    angle = np.arange(60) * 2 * np.pi / 60
    vertices, triangles = fan(np.stack([np.cos(angle), np.sin(angle)], 1))
    a, b, c = (vertices[triangles[:, corner]] for corner in range(3))
    assert np.abs(np.cross(b - a, c - a)[:, 2]).sum() / 2 == pytest.approx(np.pi, rel=0.01)


def test_a_ribbon_is_as_wide_as_asked():
    vertices, triangles = ribbon(np.array([[0.0, 0], [1, 0], [2, 0]]), np.array([0.2, 0.4, 0.2]))
    assert np.ptp(vertices[:, 1]) == pytest.approx(0.4)
    assert len(triangles) == 4


def test_merging_keeps_triangles_on_their_vertices():
    one, two = ball((0, 0, 0), 1.0), ball((5, 0, 0), 1.0)
    vertices, triangles = merge([one, two])
    assert (vertices[triangles[len(one[1]) :]][..., 0] > 3).all()
    assert grid_triangles(3, 5).max() == 14
