from __future__ import annotations

from made_runs import made_results

from codecbench.store.ids import CellPlace, CodecId, Place, by_codec, by_place


def test_a_codec_is_named_by_its_checkpoint_only_where_that_is_not_the_usual_one() -> None:
    usual = [CodecId("opus", "default"), CodecId("encodec", "reference"), CodecId("original", "")]
    assert [one.short for one in usual] == ["opus", "encodec", "original"]
    assert CodecId("encodec", "facebook-24khz").short == "encodec:facebook-24khz"


def test_a_reader_of_figures_sees_that_weights_are_of_our_own_training() -> None:
    named = [CodecId("opus", "default"), CodecId("encodec", "reference"), CodecId("encodec", "facebook-24khz")]
    assert [one.name for one in named] == ["opus", "encodec (reference)", "encodec:facebook-24khz"]
    assert CodecId("opus", "default").spec == "opus:default"


def test_a_cell_knows_its_place_and_a_place_its_codec() -> None:
    cell = CellPlace("encodec", "facebook-24khz", "6", "u1", 3)
    assert cell.place == Place("encodec", "facebook-24khz", "6")
    assert cell.codec_id == cell.place.codec_id == CodecId("encodec", "facebook-24khz")
    assert str(cell.place) == "encodec:facebook-24khz at 6 kbps"
    assert str(Place("opus", "default", "6")) == "opus at 6 kbps"


def test_rows_are_grouped_in_their_order() -> None:
    results = made_results(utterances=2)
    assert list(by_place(results.scores)) == [Place("opus", "default", "6"), Place("opus", "default", "12")]
    assert list(by_codec(results.codings)) == [CodecId("opus", "default")]
    assert {row.cell for row in results.scores} == {row.cell for row in results.codings}
