"""Which node of a rig is which bone: VRM, Quaternius, KayKit, Unreal, Rigify, Mixamo and BVH names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from proportion.errors import BadInput
from proportion.synthesis.character import BODY_BONES

_CORE_NAMES = {
    "hips": ("hips", "pelvis", "hip", "root"),
    "neck": ("neck", "neck01"),
    "head": ("head",),
    "Shoulder": ("shoulder", "clavicle", "collar"),
    "UpperArm": ("upperarm", "arm", "upperarm01"),
    "LowerArm": ("lowerarm", "forearm", "lowerarm01"),
    "Hand": ("wrist", "hand"),
    "UpperLeg": ("upperleg", "thigh", "upleg", "upperleg01"),
    "LowerLeg": ("lowerleg", "calf", "shin", "leg", "lowerleg01"),
    "Foot": ("foot", "ankle"),
    "Toes": ("toes", "ball", "toe", "toebase", "toe11"),
}


def _side_and_core(name: str) -> tuple[str, str]:
    """``UpperArm.L`` -> (left, upperarm); ``mixamorig:LeftArm`` -> (left, arm)."""
    name = re.sub(r"^(mixamorig\d*[:_]?|def-|org-|.*:)|_armature$", "", name.lower())
    side = ""
    for full, short in (("left", "l"), ("right", "r")):
        if name.startswith(full) or re.search(rf"[._-]{short}$", name):
            side = full
            name = re.sub(rf"[._-]{short}$", "", name.removeprefix(full))
    return side, re.sub(r"[^a-z0-9]", "", name)


def map_bones(names: Sequence[str], parents: Sequence[int]) -> dict[str, int]:
    """Find the bones of `BODY_BONES` among named nodes.

    The spine is whatever lies between hips and neck (or head): the lowest is ``spine``, the uppermost
    ``upperChest``, which carries the arms whether the rig calls it Chest or spine_03.

    Args:
        names: node names.
        parents: index of each node's parent, -1 for roots.

    Returns:
        Node index of each bone found.

    Raises:
        BadInput: when hips, head, arms or legs are not to be found.
    """
    found: dict[str, int] = {}
    for wanted, aliases in _CORE_NAMES.items():
        for alias in aliases:
            for index, name in enumerate(names):
                side, core = _side_and_core(name)
                bone = f"{side}{wanted}" if wanted[0].isupper() and side else wanted
                if core == alias and (bool(side) == wanted[0].isupper()):
                    found.setdefault(bone, index)
    require_body(found)
    spine = []
    node = parents[found.get("neck", found["head"])]
    while node not in (-1, found["hips"]):
        spine.insert(0, node)
        node = parents[node]
    return found | name_spine(spine)


def name_spine(chain: Sequence[int]) -> dict[str, int]:
    """Bones of a chain of spine nodes, from the lowest to the one that carries the arms."""
    if len(chain) < 2:
        return {"upperChest": chain[0]} if chain else {}
    middle = {"chest": chain[len(chain) // 2]} if len(chain) > 2 else {}
    return {"spine": chain[0], **middle, "upperChest": chain[-1]}


def require_body(found: Mapping[str, int]) -> None:
    """Raise BadInput unless hips, head and all limb segments are among the bones."""
    optional = ("Shoulder", "Toes", "spine", "chest", "upperChest", "neck")
    for bone in BODY_BONES:
        if not bone.endswith(optional) and bone not in found:
            raise BadInput(
                f"This rig has no bone that looks like '{bone}'; use a humanoid VRM, glTF or BVH.",
                "rig_not_humanoid",
                bone=bone,
            )
