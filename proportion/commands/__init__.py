"""The commands of `cli`, by what they are for.

Each module has ``add(commands)``. Heavy libraries are imported inside the command that needs them, so
that ``--help`` answers at once.
"""
