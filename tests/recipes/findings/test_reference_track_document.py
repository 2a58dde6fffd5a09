"""What the document, the README and the report say of the experiment is what `reports/reference-track.json` holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown_cells import cells

from recipes.codecs import controls, nominal_kbps, trained
from recipes.findings.curves import cells as means
from recipes.findings.ordering import ranking, spread
from recipes.findings.results import Result, load

ROOT = Path(__file__).parents[3]
NAMES = {
    "plain (control)": "plain", "VoCodec": "vocodec", "IBPCodec": "ibpcodec", "EuleroDec": "eulerodec", "DAC": "dac",
    "FACodec": "facodec", "LaDiffCodec": "ladiff", "EnCodec": "encodec",
}  # fmt: skip
CHOSEN = {"encodec": 3e-4, "ladiff": 3e-4}
"""Rates that the report names; 1e-3 for the rest."""

AHEAD_ON_PESQ = [("ibpcodec", 6.0)]
"""Of the control, by more than seeds differ by: codecs and kbps that the document names."""

Scores = dict[float, dict[str, float]]


@pytest.fixture(scope="module")
def trainings() -> list[Result]:
    """At the chosen rates."""
    known = load(ROOT / "reports" / "reference-track.json")
    return [one for one in known if one.rate == CHOSEN.get(one.codec, 1e-3)]


@pytest.fixture(scope="module")
def results(trainings: list[Result]) -> dict[tuple[str, str], Scores]:
    """By codec and budget, of the first seed: metrics by kbps."""
    return {(one.codec, one.budget): one.scores for one in trainings if one.seed == 0}


@pytest.fixture(scope="module")
def rows() -> dict[str, list[str]]:
    document = (ROOT / "docs" / "reference-track.md").read_text(encoding="utf-8")
    table = document[document.index("## What came out") : document.index("## Who is ahead")]
    return {NAMES[row[0]]: row[1:] for row in cells(table)[2:]}


def test_every_trained_family_is_offered() -> None:
    assert set(trained()) == set(NAMES.values())
    assert controls() == ("plain",)
    assert list(nominal_kbps("facodec").values()) == [2.4, 3.2, 4.0, 4.8]


def test_the_chosen_rates_are_those_of_the_report() -> None:
    report = (ROOT / "reports" / "reference-track.md").read_text()
    chosen = {
        name: float(rate) for name, rate in re.findall(r"^\| (\w+) +\| +(0\.\d+) +\| +\d \|", report, re.MULTILINE)
    }
    assert chosen == {name: CHOSEN.get(name, 1e-3) for name in trained()}


def test_the_documents_table_is_the_reports(results: dict[tuple[str, str], Scores], rows: dict[str, list[str]]) -> None:
    assert set(rows) == set(trained())
    for codec, (estoi, pesq, gained) in rows.items():
        whole, half = results[codec, "small"], results[codec, "half"]
        top = max(whole)
        told = re.findall(r"(0\.\d+)(?: at ([\d.]+))?", estoi)
        places = [float(at) for _, at in told] if told[0][1] else [1.0, 3.0, 6.0]
        assert [float(value) for value, _ in told] == [round(whole[place]["estoi"], 3) for place in places], codec
        assert pesq.split()[0] == f"{whole[top]['pesq_wb']:.2f}", codec
        assert gained == f"{whole[top]['estoi'] - half[top]['estoi']:.3f}", codec


def test_nothing_is_ahead_of_the_control_on_estoi(trainings: list[Result]) -> None:
    for metric, ahead in (("estoi", []), ("pesq_wb", AHEAD_ON_PESQ)):
        found = means(trainings, "small", metric)
        known = spread(found)
        assert known is not None
        better = []
        for kbps, codecs in ranking(found, metric).items():
            cells = dict(codecs)
            if control := cells.pop("plain", None):
                apart = {name: known.apart(cell, control, len(codecs)) for name, cell in cells.items()}
                better += [(name, kbps) for name, cell in cells.items() if apart[name] and cell.mean > control.mean]
                if metric == "estoi":
                    level = ["ibpcodec", "vocodec"] if kbps == 6 else []
                    assert sorted(name for name in apart if not apart[name]) == level, kbps
        assert better == ahead, metric


def test_the_order_is_the_reports() -> None:
    report = (ROOT / "reports" / "reference-track.md").read_text()
    small = report[report.index("## Budget `small`") : report.index("## Budget `half`")]
    document = (ROOT / "docs" / "reference-track.md").read_text(encoding="utf-8")
    part = document[document.index("## Who is ahead") : document.index("## Network or quantizer?")]
    words = " ".join(part.split())
    told = {row[0]: row[1:] for row in cells(part)[2:]}
    for column, title in enumerate(("ESTOI", "PESQ-WB")):
        found = small[small.index(f"**{title}** (seed deviation") :]
        deviation, freedom = re.findall(r"seed deviation (0\.\d+), (\d+) degrees of freedom", found)[0]
        assert f"{title} {float(deviation):.3f}" in words
        assert f"{freedom} degrees of freedom" in words
        order = dict(re.findall(r"^- ([\d.]+ kbps): (.+)$", found[: found.index("\n\n**")], re.MULTILINE))
        assert {kbps: line[column] for kbps, line in told.items()} == {kbps: order[kbps] for kbps in told}
        assert f"4 kbps: there {order['4 kbps']} on both" in words
    assert set(told) == {"1 kbps", "2 kbps", "3 kbps", "6 kbps"}


def test_what_the_document_says_of_seeds(trainings: list[Result]) -> None:
    words = " ".join((ROOT / "docs" / "reference-track.md").read_text(encoding="utf-8").split())
    seeds: dict[str, list[float]] = {}
    for one in trainings:
        if one.budget == "small":
            seeds.setdefault(one.codec, []).append(one.scores[max(one.scores)]["pesq_wb"])
    assert sorted(name for name, found in seeds.items() if len(found) == 3) == ["ibpcodec", "vocodec"]
    assert sorted(map(len, seeds.values())) == [2] * 6 + [3] * 2
    assert "VoCodec and IBPCodec with three seeds, the others with two" in words
    assert "two seeds of six, three of two" in words
    *low, high = (f"{value:.2f}" for value in sorted(seeds.pop("ibpcodec")))
    assert f"(PESQ-WB at 6 kbps {', '.join(low)} and {high})" in words
    assert f"the others' by {max(max(found) - min(found) for found in seeds.values()):.2f} at most" in words


def test_what_the_document_says_of_two_codecs_at_a_time(trainings: list[Result]) -> None:
    words = " ".join((ROOT / "docs" / "reference-track.md").read_text(encoding="utf-8").split())
    apart, mean = {}, {}
    for metric in ("estoi", "pesq_wb"):
        found = means(trainings, "small", metric)
        known = spread(found)
        assert known is not None
        for kbps, codecs in ranking(found, metric).items():
            cells = dict(codecs)
            for one, other in (("ladiff", "encodec"), ("ibpcodec", "vocodec")):
                if one in cells and other in cells:
                    apart[metric, kbps, other] = known.apart(cells[one], cells[other], len(codecs))
                    mean[metric, kbps, other] = (cells[one].mean, cells[other].mean)
    estoi, pesq = mean["estoi", 3.0, "encodec"], mean["pesq_wb", 3.0, "encodec"]
    told = f"ESTOI {estoi[0]:.3f} against {estoi[1]:.3f}, PESQ-WB {pesq[0]:.3f} against {pesq[1]:.3f}"
    assert f"at 3 kbps (means of two seeds: {told}), which its paper does; at 6 kbps it is ahead on ESTOI" in words
    assert not apart["estoi", 3.0, "encodec"]
    assert not apart["pesq_wb", 3.0, "encodec"]
    assert apart["estoi", 6.0, "encodec"]
    assert "VoCodec is behind IBPCodec at every rate" in words
    both = [place for place in apart if place[0] == "pesq_wb" and place[2] == "vocodec"]
    assert len(both) == 4
    assert all(apart[place] and mean[place][0] > mean[place][1] for place in both)


def test_what_passes_with_all_codebooks_is_the_reports(results: dict[tuple[str, str], Scores]) -> None:
    document = (ROOT / "docs" / "reference-track.md").read_text(encoding="utf-8")
    part = document[document.index("## Network or quantizer?") : document.index("## What would not help")]
    rows = cells(part)[2:]
    assert {NAMES[row[0]] for row in rows} == set(trained())
    for row in rows:
        best = results[NAMES[row[0]], "small"]
        terms = best[max(best)]
        assert float(row[2]) == pytest.approx(terms["estoi"], abs=0.0015), row  # coded by float16 weights, or not
        assert float(row[4]) == pytest.approx(terms["pesq_wb"], abs=0.0151), row
        assert float(row[1]) > float(row[2])


def test_network_and_quantizer_are_as_printed() -> None:
    document = (ROOT / "docs" / "reference-track.md").read_text(encoding="utf-8")
    part = document[document.index("## Network or quantizer?") : document.index("## What would not help")]
    told = {NAMES[row[0]]: [float(value) for value in row[1:]] for row in cells(part)[2:]}
    printed = {row[0]: row for row in cells((ROOT / "reports" / "reference-ceiling.md").read_text())[2:]}
    assert told.keys() == printed.keys()
    for codec, values in told.items():
        row = [float(printed[codec][place]) for place in (2, 3, 5, 6)]
        assert values == pytest.approx(row, abs=0.00501), codec


def test_what_the_document_says_of_opus_is_in_the_bar() -> None:
    bar = (ROOT / "reports" / "reference-bar.md").read_text()
    opus, codec2 = bar[bar.index("**Against opus") :].split("**Against codec2")
    why = {row[0]: [re.sub(r" .*", "", row[place].removeprefix("no: ")) for place in (4, 7)] for row in cells(opus)[2:]}
    assert why == {
        "encodec": ["network", "network"], "vocodec": ["yes", "network"], "dac": ["network", "quantizer"],
        "eulerodec": ["quantizer", "quantizer"], "facodec": ["network", "network"], "ibpcodec": ["yes", "quantizer"],
        "ladiff": ["quantizer", "quantizer"],
    }  # fmt: skip
    assert (codec2.count("no: quantizer"), codec2.count("no: network")) == (11, 3)
    document = (ROOT / "docs" / "reference-track.md").read_text(encoding="utf-8")
    assert "the quantizer in 11 of 14 cases" in document
    (best,) = (row for row in cells(opus) if row[0] == "ibpcodec")
    gain, low, high = (round(float(value), 2) for value in re.findall(r"[-+][\d.]+", best[6]))
    told = f"IBPCodec's {float(best[5]):.2f} is above it by {gain:.2f} [{low:.2f}, {high:.2f}]"
    assert told in " ".join(document.split())
    free = {row[0]: re.findall(r"\((0\.\d+) without", row[4]) for row in cells(opus)[2:]}
    words = " ".join(document.split())
    assert f"without a quantizer ({', '.join(free[name][0] for name in ('encodec', 'dac', 'facodec'))})" in words
    assert f"EuleroDec and LaDiffCodec ({free['eulerodec'][0]}, {free['ladiff'][0]})" in words
    there = {row[0]: (float(row[2]), float(re.findall(r"\((0\.\d+)", row[4])[0])) for row in cells(codec2)[2:9]}
    lost = [bypassed - coded for coded, bypassed in there.values()]
    assert f"it still costs {min(lost):.2f} to {max(lost):.2f} of ESTOI there" in words


def test_the_readme_of_the_reports_says_what_the_bar_says() -> None:
    bar = (ROOT / "reports" / "reference-bar.md").read_text()
    told = (ROOT / "reports" / "README.md").read_text()
    assert "**Against opus at 6 kbps: above it 2 of 7 on ESTOI, 0 of 7 on PESQ-WB**" in bar
    assert "**Against codec2 at 3.2 kbps: above it 0 of 7 on ESTOI, 0 of 7 on PESQ-WB**" in bar
    assert "two codecs are above Opus at 6 kbps on ESTOI, none on PESQ-WB; none is above Codec 2 at 3.2 kbps" in told
