"""Sizes of the predictor. All are our choice: the talk that names predictive coding of latents gives none."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PredictorConfiguration:
    """`dimension` of the codec's latents; `codebooks` of `size` codes each, at most."""

    dimension: int
    codebooks: int
    size: int = 1024
    state: int = 80
    """Of the recurrent layer over past frames."""
    inner: int = 64
    """Of the layer that joins the past with the coarser codes of the same frame."""
    features: int = 12
    """Of a code: so many projections of its vector, and their squares."""

    @property
    def macs_per_frame(self) -> int:
        """Multiply-accumulates of what does not depend on the codebook, once a frame."""
        return 3 * self.state * (self.dimension + self.state) + self.inner * (self.state + self.dimension)

    @property
    def macs_per_code(self) -> int:
        """Of each codebook in use, in each frame."""
        joined = self.inner * (self.dimension + 2 * self.features)
        return joined + 2 * self.features * self.size

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The weights by name; a file of weights holds these."""
        return {
            "offset": (self.dimension,),
            "past.input": (3 * self.state, self.dimension),
            "past.state": (3 * self.state, self.state),
            "past.bias": (3 * self.state,),
            "past.count": (self.codebooks, 3 * self.state),
            "joined.state": (self.inner, self.state),
            "joined.latest": (self.inner, self.dimension),
            "joined.coarser": (self.inner, self.dimension),
            "joined.bias": (self.codebooks, self.inner),
            "query": (self.codebooks, 2 * self.features, self.inner),
            "query.bias": (self.codebooks, 2 * self.features),
            "projection": (self.codebooks, self.features, self.dimension),
            "code.bias": (self.codebooks, self.size),
        }

    @property
    def parameters(self) -> int:
        total = 0
        for shape in self.shapes.values():
            product = 1
            for size in shape:
                product *= size
            total += product
        return total
