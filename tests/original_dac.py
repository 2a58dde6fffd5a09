"""The layout of descriptinc/descript-audio-codec's checkpoints, written out from its modules."""

from __future__ import annotations

from torch import Tensor


def original_names() -> dict[str, str]:
    """Prefixes in transformers' model to those of descriptinc/descript-audio-codec, written out from its modules."""
    names = {"quantizer.": "quantizer."}
    unit = {"snake1": 0, "conv1": 1, "snake2": 2, "conv2": 3}
    for side, root, before, after, up in (
        ("encoder", "encoder.block", {"res_unit1": 0, "res_unit2": 1, "res_unit3": 2}, {"snake1": 3, "conv1": 4}, 0),
        ("decoder", "decoder.model", {"res_unit1": 2, "res_unit2": 3, "res_unit3": 4}, {"snake1": 0, "conv_t1": 1}, 0),
    ):
        names |= {f"{side}.conv1.": f"{root}.0.", f"{side}.snake1.": f"{root}.5.", f"{side}.conv2.": f"{root}.6."}
        for block in range(4):
            stem = f"{root}.{block + 1 + up}.block"
            names |= {f"{side}.block.{block}.{name}.": f"{stem}.{place}." for name, place in after.items()}
            for residual, place in before.items():
                for name, inner in unit.items():
                    names[f"{side}.block.{block}.{residual}.{name}."] = f"{stem}.{place}.block.{inner}."
    return names


def to_original(state: dict[str, Tensor]) -> dict[str, Tensor]:
    names, result = original_names(), {}
    for name, value in state.items():
        prefix = max((prefix for prefix in names if name.startswith(prefix)), key=len)
        renamed = names[prefix] + name.removeprefix(prefix)
        renamed = renamed.replace("parametrizations.weight.original0", "weight_g")
        result[renamed.replace("parametrizations.weight.original1", "weight_v")] = value
    assert len(result) == len(state)
    return result
