from __future__ import annotations

from made_pages import page
from made_runs import MadeCodec, made_results, realistic

from codecbench.report import bd


def test_default_lines_are_those_of_the_script() -> None:
    content = bd.section(page(realistic()))
    assert content is not None
    data = content.data
    shown = data["lines"][content.values["metric"]][data["anchor"]]
    for line, (series, *texts) in zip(content.values["lines"], shown, strict=True):
        expected = [line.rate.text, line.rate.more, line.quality.text, line.quality.more]
        assert [data["texts"][index] for index in texts] == expected
        assert data["series"][series] == line.name


def test_the_anchor_first_shown_has_codecs_to_compare_in_rate_and_quality() -> None:
    near = [MadeCodec(name, (1, 2, 4, 6, 8), quality) for name, quality in (("good", 0.7), ("poor", 0.6))]
    content = bd.section(page(made_results([MadeCodec("pcm", (96, 128, 160, 192, 256), -0.55), *near])))
    assert content is not None
    by_pcm = content.data["lines"][content.values["metric"]][content.data["anchors"].index("pcm")]
    texts = content.data["texts"]
    assert [(texts[rate], texts[quality]) for _, rate, _, quality, _ in by_pcm] == [("n/a", "n/a")] * 2  # far rates
    assert content.values["anchor"] == "good"
    assert any(line.rate.text != "n/a" and line.quality.text != "n/a" for line in content.values["lines"])


def test_every_pair_has_a_figure_or_a_reason() -> None:
    content = bd.section(page(realistic()))
    assert content is not None
    texts = content.data["texts"]
    for anchors in content.data["lines"].values():
        for lines in anchors:
            assert len(lines) == len(content.data["anchors"]) - 1
            for _, rate, more, quality, why in lines:
                assert texts[rate] != "n/a" or texts[more]
                assert texts[quality] != "n/a" or texts[why]


def test_one_codec_has_no_matrix() -> None:
    assert bd.section(page(made_results([MadeCodec("a", (6,))]))) is None


def test_every_other_point_has_an_equivalent_bitrate_a_bound_or_a_reason() -> None:
    long, single = MadeCodec("long", (3, 6, 12), 0.5), MadeCodec("single", (4,), 0.6)
    weak = MadeCodec("weak", (2,), 0.4)
    content = bd.section(page(made_results([long, single, weak], utterances=40, speakers=20)))
    assert content is not None
    assert content.values["anchor"] == "long"
    lines = {line.name: line for line in content.values["equivalents"]}
    assert list(lines) == ["single", "weak"]
    quality = lines["single"].cells[0]
    assert quality.sort is not None
    assert 4 < quality.sort < 7
    assert " to " in quality.more
    assert lines["weak"].cells[0].text.startswith("< 3")
    assert "better already" in lines["weak"].cells[0].note
    assert all(cell.text != "n/a" or cell.more for line in lines.values() for cell in line.cells)
