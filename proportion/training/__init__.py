"""Trainers for the pose network, the matcher and the lifter."""
