"""What the codecs of codecbench share: quantizers, short-time Fourier front ends and the adapter to bytes.

No codec is registered here. A codec built on these layers names `codecbench_layers` in its card's `sources`, so that a
change here makes its scores stale.
"""
