"""The same tasks in other programs: command lines for ffmpeg, sox and mpv that render or play a manifest."""
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

RATE = 48000
MPV = ["mpv", "--no-config", "--no-video", "--ao=pulse", "--really-quiet"]
# The default settings of karuna: Vorbis q6, Opus 96 kbit/s, MP3 V2, 24-bit FLAC.
FFMPEG_CODECS = {
    "wav": ["-c:a", "pcm_s16le", "-rf64", "auto"],
    "ogg": ["-c:a", "libvorbis", "-q:a", "6"],
    "opus": ["-c:a", "libopus", "-b:a", "96k"],
    "mp3": ["-c:a", "libmp3lame", "-q:a", "2"],
    "flac": ["-c:a", "flac", "-sample_fmt", "s32", "-bits_per_raw_sample", "24"],
}


def cues_of(corpus):
    """Returns all cues, those of the voice, and the bells."""
    cues = json.loads((corpus / "cues.json").read_text())
    voice = [cue for cue in cues["cues"] if cue["file"].startswith("clip")]
    bells = [cue for cue in cues["cues"] if not cue["file"].startswith("clip")]
    return cues, voice, bells


def rests(cues, voice):
    """Returns the frames of silence before each clip, and after the last."""
    ends = [0] + [cue["start"] + cue["frames"] for cue in voice]
    return [start - end for start, end in zip([cue["start"] for cue in voice] + [cues["end"]], ends)]


@dataclass
class OfOneKind:
    path: Path
    seconds: float


def by_kind(corpus):
    """Returns the clips and silences of a session in order, without bells."""
    cues, voice, _ = cues_of(corpus)
    texts = "".join(f'[[segment]]\nclip = "{cue["file"]}"\n' for cue in voice)
    return manifest(corpus / "speech.toml", texts, sum(cue["frames"] for cue in voice)), silence_of(corpus, rests(cues, voice))


def silence_of(folder, lengths):
    texts = "".join(f'[[segment]]\nsilence = "{frames * 1000 // RATE}ms"\n' for frames in lengths if frames)
    return manifest(folder / "silence.toml", texts, sum(lengths))


def manifest(path, segments, frames):
    path.write_text(f'format = 1\ntitle = "{path.stem}"\n{segments}')
    return OfOneKind(path, frames / RATE)


def ffmpeg_render(corpus, out, work):
    """Concatenates clips and silences, and mixes in the delayed bells."""
    cues, voice, bells = cues_of(corpus)
    inputs = [word for cue in voice + bells for word in ("-i", str(corpus / cue["file"]))]
    stereo, graph, parts = "aresample=48000,aformat=sample_fmts=fltp:channel_layouts=stereo", [], []
    dual_mono = "aresample=48000,pan=stereo|c0=c0|c1=c0,aformat=sample_fmts=fltp"  # ffmpeg's own way is 3 dB quieter
    for n, rest in enumerate(rests(cues, voice)):
        if rest:
            graph.append(f"anullsrc=r=48000:cl=stereo,atrim=end_sample={rest},{stereo}[s{n}]")
            parts.append(f"[s{n}]")
        if n < len(voice):
            graph.append(f"[{n}:a]{dual_mono}[v{n}]")
            parts.append(f"[v{n}]")
    graph.append(f"{''.join(parts)}concat=n={len(parts)}:v=0:a=1[voice]")
    for n, cue in enumerate(bells):
        graph.append(f"[{len(voice) + n}:a]{stereo},adelay=delays={cue['start']}S:all=1[b{n}]")
    graph.append(f"[voice]{''.join(f'[b{n}]' for n in range(len(bells)))}amix=inputs={len(bells) + 1}:normalize=0:duration=longest[out]")
    script = work / "graph.txt"
    script.write_text(";\n".join(graph))
    return ["ffmpeg", "-v", "error", "-y", "-nostdin", *inputs, "-filter_complex_script", script, "-map", "[out]",
            *FFMPEG_CODECS[out.suffix[1:]], out]


def sox_render(corpus, out, work):
    """Pads each clip with sox into a pipe; another sox mixes in the bells. `rate` precedes `pad`, which counts frames at that rate."""
    cues, voice, bells = cues_of(corpus)
    silences = rests(cues, voice)
    bits = {"wav": 16, "flac": 24}[out.suffix[1:]]
    raw = f"-t s{bits} -r 48000 -c 2"
    lines = [f"sox -V1 '{corpus / cue['file']}' {raw} - rate 48000 channels 2 pad {silences[0] if n == 0 else 0}s {silences[n + 1]}s"
             for n, cue in enumerate(voice)]
    rung = " ".join(f"-v 1 '|sox -V1 {corpus / cue['file']} -p pad {cue['start']}s'" for cue in bells)
    script = work / "render.sh"
    script.write_text("{\n" + "\n".join(lines) + f"\n}} | sox -V1 -m -v 1 {raw} - {rung} -b {bits} '{out}'\n")
    return ["sh", script]


def oggdec(corpus, work):
    """Only decodes the clips, which every renderer has to do."""
    _, voice, _ = cues_of(corpus)
    script = work / "decode.sh"
    script.write_text("".join(f"oggdec -Q -o - '{corpus / cue['file']}' >/dev/null\n" for cue in voice))
    return ["sh", script]


def edl(corpus, work):
    """Returns an EDL for mpv. Bells are cut at the start of the next clip, because an EDL has no overlaps."""
    cues, _, _ = cues_of(corpus)
    quiet = work / "silence.flac"
    subprocess.run(["sox", "-n", "-r", "48000", "-c", "2", "-b", "16", quiet, "trim", "0", "30"], check=True)
    lines, at = ["# mpv EDL v0"], 0
    starts = [cue["start"] for cue in cues["cues"]] + [cues["frames"]]
    for cue, following in zip(cues["cues"], starts[1:]):
        if cue["start"] > at:
            lines.append(f"{quiet},0,{(cue['start'] - at) / RATE:.6f}")
        frames = min(cue["frames"], following - cue["start"])
        lines.append(f"{corpus / cue['file']},0,{frames / RATE:.6f}")
        at = cue["start"] + frames
    path = work / "session.edl"
    path.write_text("\n".join(lines) + "\n")
    return path
