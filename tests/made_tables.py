"""A table whose names come from strangers: nothing in them may become markup, move its neighbours or be run."""

from __future__ import annotations

from made_runs import MadeCodec, made_results

from codecbench.analysis import Findings, summarize
from codecbench.tables import Table, build_table
from codecbench.tables.selection import preset_columns

NAME = "=a|b_*c*<script>x</script>`d`[e](f)\n\u202ereversed שלום"
VISIBLE = "=a|b_*c*<script>x</script>`d`[e](f)\\n\\u202ereversed שלום"


def strange_table() -> Table:
    results = made_results([MadeCodec(NAME, (6,))], utterances=4, meta={"command": "run\n--> <script>x</script>"})
    summary = summarize(results)
    return build_table(Findings(results), preset_columns(summary, "codec"), caption="<b>|", keep_empty=False)
