"""The built-in conditions, registered through the hook that an outsider's conditions use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codecbench.api import ConditionCard, hookimpl
from codecbench.degraded import bits, cycles, losses, noises, rooms, simple, tandem

if TYPE_CHECKING:
    from codecbench.hookspecs import RegisterCondition

OF_SPEECH = "below the level of active speech"


@hookimpl
def codecbench_register_conditions(register: RegisterCondition) -> None:
    for kind, what in noises.KINDS.items():
        name = "noise" if kind == "white" else kind
        said = f"{what}, so many dB {OF_SPEECH}"
        card = ConditionCard(name, said, "dB", -20.0, 60.0, takes_recordings=name == "noise")
        register(card, noises.factory(kind))
    register(
        ConditionCard("reverb", "a room of this reverberation time, as loud as the direct sound", "s", 0.05, 5.0),
        rooms.Reverb,
    )
    register(ConditionCard("level", "louder or softer by so much", "dB", -80.0, 40.0), simple.Level)
    register(ConditionCard("clip", "clipped so many dB below the recording's peak", "dB", 0.0, 60.0), simple.Clipped)
    register(ConditionCard("lowpass", "low-passed at this frequency", "kHz", 0.1, 7.9), simple.LowPass)
    register(ConditionCard("loss", "packets of 20 ms lost, each by itself", "%", 0.0, 100.0), losses.Loss)
    bursts = "packets of 20 ms lost in bursts of three on average (Gilbert's model)"
    register(ConditionCard("bursts", bursts, "%", 0.0, 70.0), losses.Bursts)
    flipped = "bits flipped with this probability, each by itself"
    register(ConditionCard("ber", flipped, "", 0.0, 0.5), bits.BitErrors)
    again = "coded and decoded so many times in all, each time from the output before"
    register(ConditionCard("cycles", again, "times", 1.0, 100.0), cycles.Cycles)
    other = "coded and decoded by another codec"
    register(ConditionCard("tandem", f"{other} before", text=tandem.FORM), tandem.Before)
    register(ConditionCard("tandem-after", f"{other} afterwards", text=tandem.FORM), tandem.After)
    register(ConditionCard("silence", "digital silence as long as the recording"), simple.Silence)
    register(
        ConditionCard("noise-only", "white noise alone, at this level re full scale", "dB", -80.0, 0.0),
        simple.NoiseOnly,
    )
