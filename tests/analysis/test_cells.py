from __future__ import annotations

from dataclasses import replace

from made_runs import MadeCodec, made_results

from codecbench.analysis.cells import collect_cells
from codecbench.store.ids import Place

OPUS = Place("opus", "default", "6")


def test_only_what_is_ok_and_asked_for_is_indexed() -> None:
    codec = MadeCodec("opus", (6,), fails={"utt-01": "it raised"})
    cells = collect_cells(made_results([codec], utterances=4, abstained={("stoi", "utt-02"): "silence"}), ["stoi"])
    assert set(cells.values(OPUS, "stoi")) == {"utt-00", "utt-03"}
    assert cells.values(OPUS, "pesq_wb") == {}
    assert set(cells.sizes[OPUS]) == {"utt-00", "utt-02", "utt-03"}
    assert cells.values(Place("nobody", "default", "6"), "stoi") == {}


def test_seeds_are_one_utterance_of_which_each_must_be_ok() -> None:
    results = made_results([MadeCodec("opus", (6,))], utterances=2, metrics=["wer"], seeds=(0, 1))
    first, *others = results.scores
    broken = replace(first, status="failed", reason="no", numerator=None, denominator=None)
    cells = collect_cells(replace(results, scores=(broken, *others)), ["wer"])
    assert set(cells.values(OPUS, "wer")) == {"utt-01"}
    codings = [row for row in results.codings if row.utterance == "utt-00"]
    size = cells.sizes[OPUS]["utt-00"]
    assert size.bits == sum(8 * (row.payload_bytes or 0) for row in codings)
    assert size.seconds == sum(row.seconds or 0 for row in codings)


def test_who_has_no_speaker_is_his_own() -> None:
    assert collect_cells(made_results(utterances=2, speakers=0), []).speakers == {"utt-00": "utt-00",
                                                                                  "utt-01": "utt-01"}  # fmt: skip
