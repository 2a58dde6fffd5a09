"""What the codecs of codecbench share: quantizers, short-time Fourier front ends and the adapter to bytes.

No codec is registered here. A codec built on these layers names `codecbench_layers` in its card's `sources`, so that a
change here makes its scores stale.
"""

REFERENCE_TRAINING = (
    "Trained without adversary on 83 minutes of speech for 6,000 updates (5.3 hours of crops), as all codecs of the "
    "reference track."
)
"""For the notes of reference cards (`tests/plugins/test_reference_weights.py` holds it to what the trainings wrote)."""
