"""Pictures of results: skeletons, overlays, heatmaps, rulers and the report page."""
