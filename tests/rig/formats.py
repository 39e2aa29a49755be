#!/usr/bin/python3
"""Writes ten seconds of clicks over a soft tone in every container and codec, and the content of each to truth.json."""
import json
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np

SECONDS = 10
EXACT = "-fflags +bitexact -flags:a +bitexact -map_metadata -1"
FORMATS = {  # name: (lossless, command); {wav} is 16 bit, {wav24} and {wav32f} as they say
    "wav16.wav": (True, "cp {wav} {out}"),
    "wav24.wav": (True, "cp {wav24} {out}"),
    "wav32f.wav": (True, "cp {wav32f} {out}"),
    "aiff16.aiff": (True, "ffmpeg -v error -i {wav} -c:a pcm_s16be {exact} {out}"),
    "flac.flac": (True, "flac -s -o {out} {wav}"),
    "alac.m4a": (True, "ffmpeg -v error -i {wav} -c:a alac -movflags +faststart {exact} {out}"),
    "vorbis.ogg": (False, "oggenc -Q -q 6 -s 1 -o {out} {wav}"),
    "opus.opus": (False, "opusenc --quiet --bitrate 128 --serial 1 {wav} {out}"),
    "aac.m4a": (False, "ffmpeg -v error -i {wav} -c:a aac -b:a 160k -movflags +faststart {exact} {out}"),
    "mp3-cbr.mp3": (False, "lame --quiet -b 160 {wav} {out}"),
    "mp3-vbr.mp3": (False, "lame --quiet -V 2 {wav} {out}"),
    # These two do not say how much to trim: the encoder's delay stays at the start, and padding at the end.
    "mp3-cbr-no-tag.mp3": (False, "lame --quiet -b 160 -t {wav} {out}"),
    "mp3-vbr-no-tag.mp3": (False, "lame --quiet -V 2 -t {wav} {out}"),
}
LAME_DELAY = 576 + 529  # the encoder's, and what every decoder adds
MP3_FRAME = 1152


def clicks(rate):
    """The frames of the clicks: about two per second, at irregular distances, none within 25 ms of the ends."""
    within = [rate // 40 + n * rate // 2 + n * n * 37 % (rate // 5) for n in range(SECONDS * 2 - 1)]
    return within + [SECONDS * rate - rate // 40]


def write_wav(path, samples, rate):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.round(samples * 32767).astype("<i2").tobytes())


def run(command):
    subprocess.run(command.split(), check=True, stdin=subprocess.DEVNULL)


def original(rate, channels):
    frames = SECONDS * rate
    sound = 0.01 * np.random.default_rng(3).standard_normal((frames, channels))
    sound += 0.03 * np.sin(2 * np.pi * 440 * np.arange(frames) / rate)[:, None]
    for n, frame in enumerate(clicks(rate)):
        # Three frames, the middle one highest, alternately louder in the right and left channel: sharp in every codec.
        sides = [1 if n % 2 == side else 0.5 for side in range(channels)]
        sound[frame - 1:frame + 2] = np.outer([0.3, 0.8, 0.3], sides)
    return sound


def no_tag_frames(path):
    """The length of an MP3 without a tag is that of all its frames, as another program counts them."""
    probe = ["ffprobe", "-v", "error", "-count_packets", "-show_entries", "stream=nb_read_packets", "-of", "csv=p=0"]
    return int(subprocess.run([*probe, path], check=True, capture_output=True, text=True).stdout) * MP3_FRAME


def main():
    folder = Path(sys.argv[1])
    truth = []
    for rate, channels in ((48000, 2), (44100, 1)):
        sources = {name: folder / f"source-{name}.wav" for name in ("wav", "wav24", "wav32f")}
        write_wav(sources["wav"], original(rate, channels), rate)
        for name, codec in (("wav24", "pcm_s24le"), ("wav32f", "pcm_f32le")):
            run(f"ffmpeg -v error -i {sources['wav']} -c:a {codec} {EXACT} {sources[name]}")
        for name, (lossless, command) in FORMATS.items():
            out = folder / f"{rate // 1000}k-{name}"
            run(command.format(out=out, exact=EXACT, **sources))
            decoded = 48000 if name.startswith("opus") else rate
            untrimmed = LAME_DELAY if "no-tag" in name else 0
            truth.append({
                "file": out.name, "rate": decoded, "lossless": lossless,
                "frames": no_tag_frames(out) if untrimmed else SECONDS * decoded,
                "clicks": [round(frame * decoded / rate) + untrimmed for frame in clicks(rate)],
            })
        for source in sources.values():
            source.unlink()
    (folder / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")


if __name__ == "__main__":
    main()
