"""Count what turns audio tokens into sound: for LTX-2, LTX-2.5 and MiniMax-H3.

    python tools/reference/audio_decoders.py 51 126

Prints parameters of both, and FLOPs of decoding so many tokens. The classes' defaults are the
numbers of scripts/convert_ltx2_to_diffusers.py at 58eb52c: 2.0 has the plain vocoder, 2.5 one that
extends the band. MiniMax-H3 decodes two channels of so many tokens, without a vocoder.
"""

from __future__ import annotations

import logging
import sys
from functools import partial

import torch
from decoders import flops
from diffusers import AutoencoderKLLTX2Audio, AutoencoderKLMiniMaxH3Audio
from diffusers.pipelines.ltx2.vocoder import LTX2Vocoder, LTX2VocoderWithBWE

VOCODERS = {"ltx-2-19b": LTX2Vocoder, "ltx-2.5": LTX2VocoderWithBWE}
CHANNELS, BINS = 8, 16  # of the latent


def sound(coder: torch.nn.Module, vocoder: torch.nn.Module, latent: torch.Tensor) -> torch.Tensor:
    """Decode a latent to a spectrogram and that to a wave."""
    return vocoder(coder.decode(latent).sample)


def main() -> None:
    """Print a line for each model and number of tokens."""
    logging.disable(logging.WARNING)
    for model, make in VOCODERS.items():
        with torch.device("meta"):
            coder, vocoder = AutoencoderKLLTX2Audio().eval(), make().eval()
        both = [part.to("meta", torch.bfloat16) for part in (coder, vocoder)]
        held = sum(one.numel() for part in both for one in part.parameters())
        for tokens in map(int, sys.argv[1:]):
            latent = torch.empty(1, CHANNELS, tokens, BINS, device="meta", dtype=torch.bfloat16)
            found = flops(partial(sound, *both, latent))
            print(model, held, tokens, found.total())
    with torch.device("meta"):
        stereo = AutoencoderKLMiniMaxH3Audio().eval().to("meta")
    held = sum(one.numel() for one in stereo.parameters())
    for tokens in map(int, sys.argv[1:]):
        channels = torch.empty(2, 32, tokens, device="meta")
        print("minimax-h3", held, tokens, flops(partial(stereo.decode, channels)).total())


if __name__ == "__main__":
    main()
