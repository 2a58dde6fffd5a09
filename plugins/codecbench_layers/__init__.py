"""What the codecs of codecbench share: quantizers, short-time Fourier front ends and the adapter to bytes.

No codec is registered here. A codec built on these layers names `codecbench_layers` in its card's `sources`, so that a
change here makes its scores stale.
"""

TRAINING = "83 minutes of speech, 6,000 updates"
"""For `CodecCard.training` of reference cards; `tests/plugins/test_reference_weights.py` holds both to what the
trainings wrote."""
REFERENCE_TRAINING = (
    f"Trained without adversary on {TRAINING} (5.3 hours of crops), as all codecs of the reference track."
)
"""For their notes."""
