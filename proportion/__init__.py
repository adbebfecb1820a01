"""Proportion shows beginners which body parts of a drawn character are out of proportion."""

__version__ = "0.1.0"
