"""Training of the reference weights: `python -m recipes train|export|entropy`. Not part of the installed package."""
