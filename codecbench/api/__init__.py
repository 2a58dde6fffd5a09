"""What a plugin author imports: the whole contract between codecbench and its plugins.

A plugin registers *cards* (plain data, so that listing imports nothing heavy) together with a *factory* that is called
later, in a worker process, to build the object that does the work.
"""

import pluggy

from codecbench.api.audio import Audio
from codecbench.api.codec import (
    Codec,
    CodecCard,
    CodecFactory,
    CodecOptions,
    Family,
    Ladder,
    LadderStage,
    Track,
    WeightsFile,
)
from codecbench.api.condition import (
    AddsDelay,
    ConditionCard,
    Degradation,
    DegradesByCodec,
    DegradesDecoded,
    FlipsBits,
    LosesPackets,
    ValuedByText,
)
from codecbench.api.dataset import Archive, Dataset, DatasetCard, Utterance
from codecbench.api.environment import Environment, Interpreter
from codecbench.api.metric import Listener, Metric, MetricCard, MetricGroup, Sample, Score
from codecbench.api.metric_needs import MetricOptions, MetricWeights
from codecbench.api.packets import FramePackets, HasPackets
from codecbench.api.points import Depth, LatencyKind, OperatingPoint, PointLatency
from codecbench.api.recognizer import (
    Hypothesis,
    Multilingual,
    Recognizer,
    RecognizerCard,
    Scorer,
    TextScore,
    Word,
    WordScore,
)
from codecbench.api.streams import DecoderStream, HasStreams
from codecbench.api.tokens import HasCodes, HasStages, TokenCodec
from codecbench.bitstream import Codes
from codecbench.codebooks import Codebook, CodeRows
from codecbench.errors import Abstain, CodecBenchError, PayloadError, Unavailable, UsageError

__all__ = [
    "Abstain", "AddsDelay", "Archive", "Audio", "CodeRows", "Codebook", "Codec", "CodecBenchError", "CodecCard",
    "CodecFactory", "CodecOptions", "Codes", "ConditionCard", "Dataset", "DatasetCard", "DecoderStream",
    "Degradation", "DegradesByCodec", "DegradesDecoded", "Depth", "Environment", "Family", "FlipsBits",
    "FramePackets", "HasCodes", "HasPackets", "HasStages", "HasStreams", "Hypothesis", "Interpreter", "Ladder",
    "LadderStage", "LatencyKind", "Listener", "LosesPackets", "Metric", "MetricCard", "MetricGroup",
    "MetricOptions", "MetricWeights", "Multilingual", "OperatingPoint", "PayloadError", "PointLatency",
    "Recognizer", "RecognizerCard", "Sample", "Score", "Scorer", "TextScore", "TokenCodec", "Track", "Unavailable",
    "UsageError", "Utterance", "ValuedByText", "WeightsFile", "Word", "WordScore",
    "hookimpl",
]  # fmt: skip

hookimpl = pluggy.HookimplMarker("codecbench")
