"""Drawing to Skeleton: the network, its decoding with uncertainty, and the estimator people call."""
