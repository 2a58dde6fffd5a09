"""The predictor: from past frames and the coarser codes of this one to how likely each code is.

Predictive coding of latents, as the talk in the package's docstring has it for continuous codes, here for codes that
are discrete already: what is predicted is a distribution, and a range coder turns it into bits. A recurrent layer sees
the latents of past frames, as the decoder has them. For each codebook in turn its state and the sum of the coarser
codes' vectors become a query q, and code j gets the logit b(j) + q · f(j): f(j) are projections of the code's vector
and their squares, so that the logits are those of a Gaussian around a predicted point, plus a bias, the code's
frequency. The vectors are the codec's own: the predictor's file holds projections alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from codecbench_predictive.config import PredictorConfiguration
from codecbench_predictive.fixed import ONE, Fixed, fixed, frequencies, product, softsign


class Predictor:
    """Weights and the codec's vectors, as fixed-point numbers; see `Prediction` for their use."""

    def __init__(
        self, configuration: PredictorConfiguration, weights: Mapping[str, NDArray[np.floating]],
        vectors: NDArray[np.floating],
    ) -> None:  # fmt: skip
        """`vectors` [codebooks, codes, dimension]: what each code adds to the latents, in units of their deviation."""
        self.configuration = configuration
        self.weights: dict[str, Fixed] = {name: fixed(weights[name]) for name in configuration.shapes}
        self.vectors: Fixed = fixed(vectors)
        projected = np.rint(self.vectors @ self.weights["projection"].transpose(0, 2, 1) / ONE)
        self.features: Fixed = np.concatenate([projected, np.rint(np.square(projected) / ONE)], axis=2)

    def start(self, codebooks: int) -> Prediction:
        """For an utterance coded with the first `codebooks`."""
        return Prediction(self, codebooks)


class Prediction:
    """One utterance being predicted, code by code: `frequencies` of a codebook, then `take` the code that came."""

    def __init__(self, predictor: Predictor, codebooks: int) -> None:
        self._of, self._codebooks = predictor, codebooks
        size, weights = predictor.configuration, predictor.weights
        self._state, self._latest = np.zeros(size.state), np.zeros(size.dimension)
        self._bias = weights["past.bias"] + weights["past.count"][codebooks - 1]
        self._next, self._sum = 0, np.zeros(size.dimension)
        self._begin_frame()

    def frequencies(self) -> Fixed:
        """Of the codes of the next codebook: whole numbers in proportion to their probabilities."""
        weights, index = self._of.weights, self._next
        coarser = product(weights["joined.coarser"], self._sum)
        inner = softsign(self._joined + coarser + weights["joined.bias"][index])
        query = product(weights["query"][index], inner) + weights["query.bias"][index]
        return frequencies(weights["code.bias"][index] + product(self._of.features[index], query))

    def take(self, code: int) -> None:
        """The code of the next codebook; after the last of a frame the state goes on."""
        self._sum = self._sum + self._of.vectors[self._next, code]
        self._next += 1
        if self._next == self._codebooks:
            self._latest, self._sum, self._next = self._sum, np.zeros_like(self._sum), 0
            self._advance()
            self._begin_frame()

    def _advance(self) -> None:
        """A gated recurrent unit (Cho et al. 2014) with softsign for tanh, (1 + softsign) / 2 for the gates."""
        weights = self._of.weights
        given = product(weights["past.input"], self._latest - weights["offset"]) + self._bias
        kept = product(weights["past.state"], self._state)
        reset, update, new = np.split(given, 3)
        reset_kept, update_kept, new_kept = np.split(kept, 3)
        opened = ONE + softsign(reset + reset_kept)  # twice the gate
        changed = ONE + softsign(update + update_kept)
        candidate = softsign(new + np.rint(opened * new_kept / (2 * ONE)))
        self._state = self._state + np.rint(changed * (candidate - self._state) / (2 * ONE))

    def _begin_frame(self) -> None:
        weights = self._of.weights
        self._joined = product(weights["joined.state"], self._state) + product(weights["joined.latest"], self._latest)


def check_shapes(configuration: PredictorConfiguration, shapes: Mapping[str, Sequence[int]]) -> str:
    """What is wrong with weights of these shapes, for the predictor of `configuration`; empty: nothing."""
    wanted = configuration.shapes
    if missing := sorted(wanted.keys() - shapes.keys()):
        return f"of {len(wanted)} tensors, {len(missing)} missing (first: {missing[0]})"
    if strange := sorted(shapes.keys() - wanted.keys()):
        return f"{len(strange)} tensors that it does not have (first: {strange[0]})"
    return next(
        (f"{name} is {list(shapes[name])}, not {list(shape)}" for name, shape in wanted.items()
         if tuple(shapes[name]) != shape), "",
    )  # fmt: skip
