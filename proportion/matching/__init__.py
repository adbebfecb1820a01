"""Learner against reference: Spatial Transformer, AMC trunk, Siamese network and heatmap."""
