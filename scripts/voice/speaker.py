"""Speaks lines in separate processes, and retries those that are not understood or sound bad."""

from dataclasses import dataclass

import numpy
import soxr

from . import sound
from .hearing import RATE as HEARING_RATE
from .hearing import Listener, Measures
from .kokoro import RATE, Kokoro
from .lines import Variation

# Tried in this order until one is good enough.
VARIATIONS = [
    Variation(),
    Variation(speed=0.97),
    Variation(speed=1.03),
    Variation(share=0.1),
    Variation(share=-0.1),
    Variation(speed=0.97, share=0.1),
    Variation(speed=0.97, share=-0.1),
]
ERROR_RATE = 0.05


@dataclass(frozen=True)
class Take:
    """A spoken line, before its session's gain. A take that matches the record has not been measured again."""

    samples: numpy.ndarray
    variation: Variation
    measures: Measures | None


@dataclass
class Tools:
    """The models that a process loads once."""

    kokoro: Kokoro
    listener: Listener


tools = None


def load():
    global tools
    tools = Tools(Kokoro(), Listener())


def take(line, style, variation):
    samples = sound.treated(tools.kokoro.line(line.spoken, style.varied(variation)))
    measures = tools.listener.measure(soxr.resample(samples, RATE, HEARING_RATE), line.text)
    return Take(samples, variation, measures)


def variations(style):
    """Returns the variations that make a difference in this style; a single voice has no shares."""
    return [variation for variation in VARIATIONS if len(style.mix) > 1 or not variation.share]


def score(measures):
    """Rates a take; higher is better. Two percent more wrong words weigh as much as a tenth of the opinion score."""
    return measures.opinion - 5 * max(0.0, measures.error_rate - ERROR_RATE)


def speak(line, narrator, variation=None):
    """Speaks the line in this variation, or in the first that is good enough, or else in the best."""
    if variation is not None:
        samples = sound.treated(tools.kokoro.line(line.spoken, narrator.style.varied(variation)))
        return Take(samples, variation, None)
    takes = []
    for variation in variations(narrator.style):
        takes.append(take(line, narrator.style, variation))
        if takes[-1].measures.error_rate <= ERROR_RATE and takes[-1].measures.opinion >= narrator.opinion:
            return takes[-1]
    return max(takes, key=lambda take: score(take.measures))
