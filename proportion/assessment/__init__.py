"""Numbers and words: measures, lifting to 3D, verdicts, advice and the Report."""
