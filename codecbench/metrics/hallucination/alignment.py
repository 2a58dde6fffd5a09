"""Three texts, word by word: what was said, what was heard in the original, what was heard in the decoded.

The definition: docs/hallucination.md. Both hypotheses are aligned with the reference by as few edits as possible
(Levenshtein). A reference word is in E where it is right in the original and wrong in the decoded, in F where it is
the reverse; at each gap between reference words E gets max(0, insertions decoded − insertions original), F the
reverse. Whatever the optimal alignments are, |E| − |F| is the difference of the edits. Of all pairs of optimal
alignments the one with the smallest |E| + |F| is taken: what two alignments of equal merit need not tell apart, the
codec did not do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Operation = Literal["hit", "substitution", "deletion", "insertion"]
Words = Sequence[str]

DIFFERENCE = 1_000_000
"""One word of E or F outweighs the tie-break (`_strangeness`) of any text."""
STRANGEST = 9


@dataclass(frozen=True)
class Step:
    """One step along an alignment. `reference` is the word's index, or for an insertion the gap's (0 to words).

    `hypothesis` is the index of the word that was heard, None for a deletion.
    """

    operation: Operation
    reference: int
    hypothesis: int | None


@dataclass(frozen=True)
class ThreeWay:
    """The pair of optimal alignments with the smallest |E| + |F|, each a string of steps in reference order."""

    original: tuple[Step, ...]
    decoded: tuple[Step, ...]

    @property
    def original_edits(self) -> int:
        return sum(step.operation != "hit" for step in self.original)

    @property
    def decoded_edits(self) -> int:
        return sum(step.operation != "hit" for step in self.decoded)

    def errors(self, original: Words, decoded: Words) -> tuple[Step, ...]:
        """E: the steps of the decoded's alignment that the codec induced, given both hypotheses."""
        return _only_in(self.decoded, self.original, decoded, original)

    def fixes(self, original: Words, decoded: Words) -> tuple[Step, ...]:
        """F: the steps of the original's alignment that are errors there and none in the decoded."""
        return _only_in(self.original, self.decoded, original, decoded)


def align_three(reference: Words, original: Words, decoded: Words) -> ThreeWay:
    """Align both hypotheses with `reference`, exactly, by dynamic programming over the pair of alignments.

    Ties that are left (the same |E| + |F|) go to substitutions by similar words, then to the earliest hit.
    """
    grids = _OnPath(reference, original), _OnPath(reference, decoded)
    return _Joint(reference, original, decoded, *grids).align()


class _OnPath:
    """The cells (i, j) and steps of a Levenshtein grid that an optimal alignment can go through."""

    def __init__(self, reference: Words, hypothesis: Words) -> None:
        same = np.array([[a == b for b in hypothesis] for a in reference], dtype=bool)
        self.same = same.reshape(len(reference), len(hypothesis))
        self.ahead = _distances(self.same)  # [i, j]: edits of what lies before
        self.behind = _distances(self.same[::-1, ::-1])[::-1, ::-1]  # edits of what lies after
        self.edits = int(self.ahead[-1, -1])

    def allows(self, i: int, j: int, di: int, dj: int) -> bool:
        """Whether the step from (i, j) by (di, dj) is on an optimal alignment."""
        rows, columns = self.ahead.shape
        if i + di >= rows or j + dj >= columns:
            return False
        cost = 1 - int(self.same[i, j]) if di and dj else 1
        return bool(self.ahead[i, j] + cost + self.behind[i + di, j + dj] == self.edits)


def _distances(same: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Levenshtein distances of all prefixes: [rows, columns] -> [rows + 1, columns + 1]."""
    rows, columns = same.shape
    table = np.zeros((rows + 1, columns + 1), dtype=np.int32)
    steps = np.arange(columns + 1, dtype=np.int32)
    table[0] = steps
    for i in range(rows):
        row = np.empty(columns + 1, dtype=np.int32)
        row[0] = i + 1
        row[1:] = np.minimum(table[i, 1:] + 1, table[i, :-1] + ~same[i])
        # Insertions: the best over all columns to the left, one edit for each in between.
        table[i + 1] = np.minimum.accumulate(row - steps) + steps
    return table


_State = tuple[int, int, int]
_Move = tuple[int, int, int]
"""Of reference, original and decoded, 0 or 1 each."""


class _Joint:
    """Best cost from a state (i, j, k) to the end, over the steps that both grids allow. States are few: only ties."""

    def __init__(self, reference: Words, original: Words, decoded: Words, left: _OnPath, right: _OnPath) -> None:
        self.texts = reference, original, decoded
        self.left, self.right = left, right
        self.best: dict[_State, tuple[int, _Move | None]] = {}

    def align(self) -> ThreeWay:
        self._solve()
        state: _State = (0, 0, 0)
        steps: tuple[list[Step], list[Step]] = ([], [])
        while (move := self.best[state][1]) is not None:
            for side, grid in enumerate((self.left, self.right)):
                step = _step(grid, state[0], state[1 + side], move[0], move[1 + side])
                steps[side].extend([step] if step else [])
            state = _after(state, move)
        return ThreeWay(tuple(steps[0]), tuple(steps[1]))

    def _solve(self) -> None:
        """Depth first with a stack of our own: a recording of minutes is deeper than Python's."""
        end = tuple(len(text) for text in self.texts)
        stack: list[_State] = [(0, 0, 0)]
        while stack:
            state = stack[-1]
            if state in self.best:
                stack.pop()
                continue
            if state == end:
                self.best[state] = (0, None)
                continue
            moves = [(move, _after(state, move)) for move in self._moves(state)]
            todo = [after for _, after in moves if after not in self.best]
            if todo:
                stack += todo
                continue
            costs = [(self._cost(state, move) + self.best[after][0], n) for n, (move, after) in enumerate(moves)]
            cost, n = min(costs)
            self.best[state] = (cost, moves[n][0])

    def _moves(self, state: _State) -> list[_Move]:
        i, j, k = state
        left = [dj for dj in (1, 0) if self.left.allows(i, j, 1, dj)]
        right = [dk for dk in (1, 0) if self.right.allows(i, k, 1, dk)]
        moves: list[_Move] = [(1, dj, dk) for dj in left for dk in right]
        left_in, right_in = self.left.allows(i, j, 0, 1), self.right.allows(i, k, 0, 1)
        moves += [(0, 1, 1)] * (left_in and right_in) + [(0, 1, 0)] * left_in + [(0, 0, 1)] * right_in
        return moves

    def _cost(self, state: _State, move: _Move) -> int:
        """A word of E or F costs `DIFFERENCE`; an odd substitution a little more than a likely one."""
        (i, j, k), (di, dj, dk) = state, move
        if not di:
            return DIFFERENCE * (dj != dk)
        right_in_original = bool(dj and self.left.same[i, j])
        right_in_decoded = bool(dk and self.right.same[i, k])
        cost = DIFFERENCE * (right_in_original != right_in_decoded)
        reference, original, decoded = self.texts
        if dj and not right_in_original:
            cost += _strangeness(reference[i], original[j])
        if dk and not right_in_decoded:
            cost += _strangeness(reference[i], decoded[k])
        return cost


def _after(state: _State, move: _Move) -> _State:
    return state[0] + move[0], state[1] + move[1], state[2] + move[2]


def _step(grid: _OnPath, i: int, j: int, di: int, dj: int) -> Step | None:
    if di and dj:
        return Step("hit" if grid.same[i, j] else "substitution", i, j)
    if di:
        return Step("deletion", i, None)
    return Step("insertion", i, j) if dj else None


@lru_cache(maxsize=4096)
def _strangeness(a: str, b: str) -> int:
    """0 for words spelled alike to `STRANGEST` for words without a common letter."""
    return round(STRANGEST * (1 - SequenceMatcher(None, a, b, autojunk=False).ratio()))


def _only_in(here: Sequence[Step], there: Sequence[Step], words: Words, others: Words) -> tuple[Step, ...]:
    """Errors of `here` that are none `there`: of the insertions at a gap, as many as there are more of."""
    wrong_there = {s.reference for s in there if s.operation in ("substitution", "deletion")}
    spare: dict[int, list[str]] = {}
    for step in there:
        if step.operation == "insertion" and step.hypothesis is not None:
            spare.setdefault(step.reference, []).append(others[step.hypothesis])
    excused = _excused(here, words, spare)
    return tuple(
        step
        for n, step in enumerate(here)
        if (step.operation in ("substitution", "deletion") and step.reference not in wrong_there)
        or (step.operation == "insertion" and n not in excused)
    )


def _excused(here: Sequence[Step], words: Words, spare: dict[int, list[str]]) -> set[int]:
    """Places in `here` of the insertions that the other side has too: first those of the same word, then any."""
    excused: set[int] = set()
    for gap, left in spare.items():
        left = list(left)
        mine = [(n, s.hypothesis) for n, s in enumerate(here) if s.operation == "insertion" and s.reference == gap]
        for n, index in mine:
            if index is not None and words[index] in left:
                left.remove(words[index])
                excused.add(n)
        for n, _ in mine:
            if left and n not in excused:
                left.pop()
                excused.add(n)
    return excused
