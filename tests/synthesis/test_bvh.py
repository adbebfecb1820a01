from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from proportion.errors import BadInput
from proportion.synthesis.bvh import load_bvh, load_bvh_folder
from proportion.synthesis.humanoid import map_bones


def _degrees(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.rad2deg((Rotation.from_quat(first).inv() * Rotation.from_quat(second)).magnitude())


@pytest.mark.parametrize("source", ["cmu", "makehuman"])
def test_poses_match_those_of_the_pack(data_dir: Path, source):
    with np.load(data_dir / "poses" / "poses.npz") as pack:
        clip = np.flatnonzero(pack["clip_source"] == source)[3]
        path = data_dir / str(pack["clip_file"][clip])
        of_clip = pack["quat_xyzw"][pack["clip"] == clip]
    bank = load_bvh(path)
    limbs = [i for i, name in enumerate(bank.bones) if name.endswith(("Arm", "Leg")) or name == "hips"]
    best = [min(_degrees(pose[limbs], mine[limbs]).max() for mine in bank.rotations) for pose in of_clip]
    assert min(best) < 2.0
    assert np.median(best) < 20.0  # frames in between were kept


def test_bad_files_are_said(tmp_path: Path):
    (tmp_path / "walk.bvh").write_text("HIERARCHY ROOT Hips { OFFSET 0 0 0")
    with pytest.raises(BadInput, match="not a readable BVH"):
        load_bvh(tmp_path / "walk.bvh")
    with pytest.raises(BadInput, match="no BVH file"):
        load_bvh_folder(tmp_path / "empty")


def test_rigs_by_other_names_are_understood():
    names = [
        "mixamorig:Hips",
        "mixamorig:Spine",
        "mixamorig:Spine1",
        "mixamorig:Spine2",
        "mixamorig:Neck",
    ]
    names += ["mixamorig:Head"]
    parents = [-1, 0, 1, 2, 3, 4]
    for side in ("Left", "Right"):
        for chain, root in ((("Shoulder", "Arm", "ForeArm", "Hand"), 3), (("UpLeg", "Leg", "Foot"), 0)):
            for name in chain:
                parents.append(root)
                root = len(names)
                names.append(f"mixamorig:{side}{name}")
    found = map_bones(names, parents)
    assert names[found["leftLowerArm"]] == "mixamorig:LeftForeArm"
    assert names[found["upperChest"]] == "mixamorig:Spine2"
    with pytest.raises(BadInput, match="no bone that looks like"):
        map_bones(["Hips", "Head"], [-1, 0])
