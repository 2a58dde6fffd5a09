"""Synthetic speech: what the embedded sets are made of, and the clips that the pair probe is calibrated on.

Synthesis is no dependency of codecbench; `Synthesizer` says how to install it.
"""
