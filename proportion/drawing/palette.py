"""The colours of results, the same on the page and in pictures: parts, too long or short, heat.

Chains differ in hue and links of a chain in lightness, so that neighbours and partners stay apart for
colour-blind eyes and on a washed-out projector (tests/drawing/test_palette.py simulates both kinds of
red-green blindness). Every colour is (r, g, b), 0 to 255.
"""

from __future__ import annotations

import numpy as np

from proportion.skeleton import PARTS

Colour = tuple[int, int, int]

INK: Colour = (38, 42, 54)
PAPER: Colour = (255, 255, 255)
CALM: Colour = (176, 182, 194)
"""Parts that need no attention, and the standard figure behind the learner's."""
GHOST: Colour = (26, 152, 136)
"""The corrected figure."""

_CHAINS: dict[str, tuple[Colour, ...]] = {
    "left_arm": ((190, 74, 8), (240, 138, 44), (255, 193, 118)),
    "right_arm": ((16, 84, 154), (62, 146, 214), (142, 199, 240)),
    "left_leg": ((122, 30, 92), (206, 96, 158), (240, 166, 206)),
    "right_leg": ((0, 116, 96), (38, 170, 132), (146, 222, 186)),
}

PART_COLOURS: dict[str, Colour] = {
    "head": (226, 178, 24),
    "neck": (150, 122, 66),
    "torso": (92, 98, 118),
    "shoulder_width": (122, 128, 148),
    "hip_width": (122, 128, 148),
    **{
        f"{side}_{part}": _CHAINS[f"{side}_{chain}"][link]
        for side in ("left", "right")
        for chain, parts in (
            ("arm", ("upper_arm", "forearm", "hand")),
            ("leg", ("thigh", "shin", "foot")),
        )
        for link, part in enumerate(parts)
    },
}
assert tuple(PART_COLOURS) == PARTS

TOO_LONG: Colour = (42, 104, 200)
TOO_SHORT: Colour = (232, 118, 12)
SIGNED: dict[str, Colour] = {"too_long": TOO_LONG, "fine": CALM, "too_short": TOO_SHORT}
"""Blue for too long, big or wide; orange for too short, small or narrow; grey for neither."""

# Steps of about the same contrast between 1 and 0.5: against another body's reference a map seldom
# goes further, and three in four is already worth a look.
_HEAT_STOPS = np.array([0.0, 0.25, 0.5, 0.7, 0.85, 1.0])
_HEAT_COLOURS = np.array(
    [[110, 0, 60], [196, 32, 48], [232, 98, 42], [248, 168, 84], [246, 212, 164], [206, 233, 247]], float
)


def heat_colours(heat: np.ndarray) -> np.ndarray:
    """Colours of heat: 1 (alike) pale blue, over amber (0.7) and orange (0.5), to 0 (different) crimson.

    The same heat has the same colour in every picture, whatever else is in it. Lightness falls steadily
    with difference, so the map reads without any colour vision.

    Args:
        heat: any shape, in [0, 1]; NaN comes out as the colour of 1.

    Returns:
        The same shape with a last axis of 3, float in [0, 255].
    """
    heat = np.clip(np.nan_to_num(heat, nan=1.0), 0.0, 1.0)
    channels = [np.interp(heat, _HEAT_STOPS, _HEAT_COLOURS[:, c]) for c in range(3)]
    return np.stack(channels, axis=-1)


def hexadecimal(colour: Colour) -> str:
    """``#rrggbb`` for style sheets."""
    return "#{:02x}{:02x}{:02x}".format(*colour)
