"""Protocols and metrics: PDJ, PCP, region localisation, verdicts and benchmarks."""
