"""FACodec under training: three streams that start in different directions, and pitch told to the first one's head.

The paper supervises prosody by pitch and content by phones, with gradient reversal between streams and 75 % dropout of
detail (section 3.2). Here (our choice) prosody is read from low mel bands and supervised by pitch, for there are no
phone labels; timbre is made to matter by coding some signals with another equalization and vocal tract than their
timbre and target have; and detail is dropped codebook by codebook, so that every operating point can be decoded.
"""

from __future__ import annotations

import math
from typing import Any, cast

import torch
from codecbench_facodec.activation import SnakeBeta
from codecbench_facodec.config import FacodecConfiguration
from codecbench_facodec.convolutions import ResidualUnit
from codecbench_facodec.model import Facodec
from codecbench_layers.training import WARM_UP, CountedTraining, FactorizedTraining, Quantized
from torch import Tensor, nn
from torch.nn import functional as F

from recipes.starts.transform import Path, start_as_transform
from recipes.training.activations import speed_up
from recipes.training.trainee import Forward, Trainee
from recipes.training.voices import changed, pitch_track

KNOWN_FAILURES = "Noisy voices: harmonics above 2 kHz smear at every rate; swapping timbre hardly moves the voice."
PITCH_WEIGHT = 2.0
ALL_CODEBOOKS = 99
"""More than any stream has."""
CHANGED = 1 / 4
"""Share of each batch, its first items, whose codes come from a changed signal and not from timbre's and target's."""
ANCHOR = 30.0
"""Plus and minus this are the last two latents, far above the others: so the decoder's normalisation of each frame
starts almost linear, and with a mean of zero."""
PROSODY_GAIN = 0.1
"""Of prosody's random way into the latents: it has no phase, so that it can only help once the decoder has learned to
use it."""


def build(seed: int) -> Trainee:
    configuration = FacodecConfiguration.reference()
    torch.manual_seed(seed)
    model: Any = Facodec(configuration)  # its layers, which torch types as anything, are set one by one
    units = [module for module in model.modules() if isinstance(module, ResidualUnit)]
    inner = {module for unit in units for module in unit.modules()}
    encoder, decoder = model.encoder.block, model.decoder.model
    path = Path(
        analysis=[encoder[0], *(block.block[-1] for block in encoder[1:-2]), encoder[-1]],
        synthesis=[decoder[0], *(block.block[1] for block in decoder[1:-3]), decoder[-2]],
        damped=[unit.block[-1] for unit in units],
        shortcuts=[],
        recurrent=[],
        causal=False,
        snakes=[module for module in model.modules() if isinstance(module, SnakeBeta) and module not in inner],
        whole_band=True,
    )
    _quieten(units)
    start_as_transform(path, seed)
    _start_normalisation(model, configuration)
    with torch.no_grad():
        model.quantizer.prosody_out.weight.mul_(PROSODY_GAIN)
        model.quantizer.prosody_out.bias.zero_()
    speed_up(model)
    return FacodecTrainee(model, configuration, seed)


@torch.no_grad()
def _quieten(units: list[Any]) -> None:
    """Take away biases that pass the damped layers as offsets, larger than the signal there."""
    for unit in units:
        unit.block[1].bias.zero_()


@torch.no_grad()
def _start_normalisation(model: Any, configuration: FacodecConfiguration) -> None:
    """Make the conditional normalisation start as about the identity: a constant latent, unit scale, no offset."""
    last, first, linear = model.encoder.block[-1], model.decoder.model[0], model.decoder.timbre_linear
    dimension = configuration.dimension
    last.weight[-2:] = 0
    last.bias[-2:] = torch.tensor([ANCHOR, -ANCHOR])
    first.weight[:, -2:] = 0
    linear.weight.mul_(0.1)
    linear.bias[:dimension] = ANCHOR * math.sqrt(2 / dimension)
    linear.bias[dimension:] = 0


class StreamTraining(CountedTraining):
    """The three streams of FACodec's quantizer under training; `counts` are codebooks of all streams together."""

    def __init__(self, model: Any, configuration: FacodecConfiguration, seed: int) -> None:
        super().__init__(seed, WARM_UP)
        self.sizes, self.dimension = configuration.streams, configuration.dimension
        self.parts = nn.ModuleList(
            FactorizedTraining(stream.quantizers, seed + index, warm_up=0)
            for index, stream in enumerate(model.quantizer.streams)
        )
        self.owner: list[Any] = [model]  # in a list: its weights are not this module's
        self.prosody: Tensor | None = None
        """The first stream's latest vectors, for the head that reads pitch from them."""

    @property
    def _streams(self) -> list[FactorizedTraining]:
        """`ModuleList` forgets what it holds."""
        return [cast(FactorizedTraining, part) for part in self.parts]

    def forward(self, latents: Tensor, counts: Tensor) -> Quantized:
        """The encoder's output [batch, rows, frames]; `counts` [batch] codebooks in use."""
        self.calls += 1
        if self.calls <= self.warm_up:
            self.remember(latents)
            self.prosody = None
            return Quantized(latents[:, : self.dimension], latents.new_zeros(()))
        if self.seen:
            self._place(torch.cat(self.seen))
            self.seen = []
        quantizer, (prosody, content, detail) = self.owner[0].quantizer, self._streams
        everything = torch.full_like(counts, ALL_CODEBOOKS)
        source, own = quantizer.parted(latents)
        p, c = prosody(source, everything), content(own, everything)
        coarse = quantizer.prosody_out(p.latents) + c.latents
        d = detail(own - coarse.detach(), counts - sum(self.sizes[:2]))
        self.prosody = p.latents
        return Quantized(coarse + d.latents, (p.loss + c.loss + d.loss) / 3)

    @torch.no_grad()
    def _place(self, points: Tensor) -> None:
        """Start from what there was to code [n, rows], detail from what the others leave over."""
        quantizer, (prosody, content, detail) = self.owner[0].quantizer, self._streams
        source, own = (part[0].T for part in quantizer.parted(points.T[None]))  # [n, rows]
        prosody.place(source)
        content.place(own)
        everything = torch.full((1,), ALL_CODEBOOKS, device=points.device)
        p, c = prosody(source.T[None], everything).latents, content(own.T[None], everything).latents
        detail.place(own - (quantizer.prosody_out(p) + c)[0].T)


class FacodecTrainee(Trainee):
    """Adds the timbre and the pitch head, which is not part of the model and is not exported."""

    def __init__(self, model: Facodec, configuration: FacodecConfiguration, seed: int) -> None:
        quantizer = StreamTraining(model, configuration, seed)
        super().__init__(model, quantizer, configuration.codebook_counts)
        self.hop = configuration.hop
        self.generator = torch.Generator().manual_seed(seed)
        self.head = nn.Sequential(
            nn.Conv1d(configuration.prosody_bands, 32, 5, padding=2), nn.GELU(), nn.Conv1d(32, 2, 5, padding=2)
        )

    def forward(self, audio: Tensor, counts: Tensor) -> Forward:
        count = max(1, int(CHANGED * len(audio)))
        both = self.model.encoder(torch.cat([audio, changed(audio[:count], self.generator)]))
        whole, other = both.split([len(audio), count])
        quantized = self.quantize(torch.cat([other, whole[count:]]), counts)
        decoded = self.model.decoder(quantized.latents, self.model.timbre_encoder(whole))
        loss, prosody = quantized.loss, cast(StreamTraining, self.quantize).prosody
        if prosody is not None:
            loss = loss + PITCH_WEIGHT * self.pitch_loss(prosody, audio)
        return Forward(decoded, loss)

    def pitch_loss(self, prosody: Tensor, audio: Tensor) -> Tensor:
        """How badly the head tells voicing and log pitch from `prosody` [batch, bands, frames]."""
        pitch, voiced = pitch_track(audio[:, 0], self.hop)
        voicing, guess = self.head(prosody).unbind(1)
        wrong = F.binary_cross_entropy_with_logits(voicing, voiced.float())
        far: Tensor = ((guess - pitch).abs() * voiced).sum() / voiced.sum().clamp(min=1)
        return wrong + far

    @torch.no_grad()
    def infer(self, audio: Tensor, codebooks: int) -> Tensor:
        latents = self.model.encoder(audio)
        codes = self.model.quantizer.encode(latents, codebooks)
        decoded: Tensor = self.model.decoder(self.model.quantizer.decode(codes), self.model.timbre_encoder(latents))
        return decoded

    @torch.no_grad()
    def unquantized(self, audio: Tensor) -> Tensor:
        """The timbre at full precision, as the latents are."""
        latents = self.model.encoder(audio)
        decoded: Tensor = self.model.decoder(self.unrounded(latents), self.model.timbre_encoder(latents))
        return decoded
