"""Synthetic drawings: characters, poses, raster, drawing styles and distortions."""
