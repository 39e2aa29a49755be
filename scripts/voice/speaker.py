"""Speaks lines in separate processes, and retries those that are not understood or sound bad."""

from dataclasses import dataclass

import numpy
import soxr

from . import sound
from .evaluation import RATE as EVALUATION_RATE
from .evaluation import Measurements, RecordingEvaluator
from .kokoro import RATE, Kokoro
from .lines import ANNOUNCEMENTS, Variation

# Tried in this order until one is good enough.
VARIATIONS = [
    Variation(),
    Variation(speed=0.97),
    Variation(speed=1.03),
    Variation(share=0.1),
    Variation(share=-0.1),
    Variation(speed=0.97, share=0.1),
    Variation(speed=0.97, share=-0.1),
    Variation(speed=0.9),
    Variation(speed=0.9, share=0.1),
    Variation(speed=0.9, share=0.3),
    Variation(speed=0.9, share=-0.3),
    Variation(speed=0.82),
]
MAX_ERROR_RATE = 0.05
# Words per minute. A short line without a pause can be faster than the range of a narrator; karuna reports more than 165 as too fast.
MAX_PACE = 160


@dataclass(frozen=True)
class Take:
    """A spoken line, before its session's gain. A take that matches the record has not been measured again."""

    samples: numpy.ndarray
    variation: Variation
    measurements: Measurements | None


@dataclass
class Tools:
    """The models that a process loads once."""

    kokoro: Kokoro
    evaluator: RecordingEvaluator


tools = None


def load_models():
    global tools
    tools = Tools(Kokoro(), RecordingEvaluator())


def take(line, style, variation):
    samples = sound.treated(tools.kokoro.line(line.spoken_text, style.varied(variation)))
    measurements = tools.evaluator.measure(soxr.resample(samples, RATE, EVALUATION_RATE), line.text)
    return Take(samples, variation, measurements)


def variations(style):
    """Returns the variations that make a difference in this style; a single voice has no shares."""
    return [variation for variation in VARIATIONS if len(style.mix) > 1 or not variation.share]


def excess_pace(line, measurements):
    """Returns the fraction by which a take is too fast. Announcements are too short to have a pace."""
    return 0.0 if line.clip.startswith(f"{ANNOUNCEMENTS}/") else max(0.0, measurements.pace / MAX_PACE - 1)


def score(line, measurements):
    """Rates a take; higher is better. Two percent more wrong words, or three percent more pace, weigh as much as a tenth of the opinion score."""
    return measurements.mos - 5 * max(0.0, measurements.error_rate - MAX_ERROR_RATE) - 3 * excess_pace(line, measurements)


def is_good(line, measurements, narrator):
    """Returns whether a take is good enough, so that no other variation is tried."""
    is_understood = measurements.error_rate <= MAX_ERROR_RATE and not excess_pace(line, measurements)
    return is_understood and measurements.mos >= narrator.min_mos


def speak(line, narrator, variation=None):
    """Speaks the line in this variation, or in the first that is good enough, or else in the best."""
    if variation is not None:
        samples = sound.treated(tools.kokoro.line(line.spoken_text, narrator.style.varied(variation)))
        return Take(samples, variation, None)
    takes = []
    for variation in variations(narrator.style):
        takes.append(take(line, narrator.style, variation))
        if is_good(line, takes[-1].measurements, narrator):
            return takes[-1]
    return max(takes, key=lambda take: score(line, take.measurements))
