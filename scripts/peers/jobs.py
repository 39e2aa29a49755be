"""The measurements: each job runs all programs in turn, a given number of times, and prints a table."""
import os
import random
import shutil
import subprocess
import tempfile
import time

import numpy as np

import programs
import sound as listening
from measure import RATE, Listener, Running, Terminal
from table import OURS, Table


class Failed(Exception):
    """The failure of a program."""


def finish(program, running, log):
    code, cost = running.wait()
    if code:
        log.seek(0)
        raise Failed(f"{program} ended with {code}: {log.read().strip()[-500:]}")
    return cost


def measured(program, command):
    """Measures the cost of a command on an otherwise idle machine."""
    with tempfile.TemporaryFile("w+") as log:
        return finish(program, Running(command, log), log)


def forget(cache):
    shutil.rmtree(cache, ignore_errors=True)


def render(options, work):
    """Renders the 20-minute session to a 16-bit WAV, with and without cached analyses."""
    corpus, out = options.corpus / "session", work / "out.wav"
    ours = [options.program, "render", corpus / "session.toml", "-o", out, "--bits", "16"]
    jobs = {"ffmpeg": programs.ffmpeg_render(corpus, out, work), "sox": programs.sox_render(corpus, out, work),
            "oggdec, decoding alone": programs.oggdec(corpus, work), f"{OURS}, empty cache": ours, OURS: ours}
    table = Table("CPU s", "peak RSS MiB", "wall s")
    for _ in range(options.runs):
        for program, command in jobs.items():
            if program.endswith("empty cache"):
                forget(options.cache)
            cost = measured(program, command)
            table.add(program, cost.cpu, cost.rss, cost.wall)
            out.unlink(missing_ok=True)
    table.show("Render 20 minutes to WAV, 48 kHz, 16 bit")


def long(options, work):
    """Renders ten hours with a thousand clips."""
    corpus, out, table = options.corpus / "long", work / "out.wav", Table("CPU s", "of it in the kernel", "peak RSS MiB")
    ours = [options.program, "render", corpus / "session.toml", "-o", out, "--bits", "16"]
    measured(OURS, ours)
    for program, command in [(OURS, ours)] * min(options.runs, 3) + [("sox", programs.sox_render(corpus, out, work))]:
        cost = measured(program, command)
        table.add(program, cost.cpu, cost.system, cost.rss)
        out.unlink(missing_ok=True)
    table.show("Render ten hours of 1,000 clips to WAV")


def second(options, work):
    """Measures the cost of a second of speech and of silence, in ten hours and in 20 minutes.

    Each is rendered by itself: all clips without a silence, and all silences without a clip. What is done once, be it for a session of
    0.1 s, is taken off.
    """
    out, table = work / "out.wav", Table("CPU µs a second of speech", "a second of silence")

    def render(session):
        cost = measured(OURS, [options.program, "render", session.path, "-o", out, "--bits", "16"])
        out.unlink()  # Whoever puts another file in its place is charged for its end.
        return cost.cpu

    sessions = {name: programs.by_kind(options.corpus / name) for name in ("session", "long")}
    nothing = programs.silence_of(options.corpus, [RATE // 10])
    for speech, _ in sessions.values():
        render(speech)
    for run in range(options.runs):
        for name, kinds in sessions.items():
            if name == "session" or run < 3:
                once = render(nothing)
                table.add(f"{OURS}, {name}", *(1e6 * (render(kind) - once) / kind.seconds for kind in kinds))
    table.show("A second of ten hours, beside one of 20 minutes")


def encode(options, work):
    """Renders the 20-minute session to each format, at the same settings."""
    corpus = options.corpus / "session"
    measured(OURS, [options.program, "render", corpus / "session.toml", "-o", work / "out.wav"])
    for kind in ("ogg", "opus", "mp3", "flac"):
        out, table = work / f"out.{kind}", Table("CPU s", "peak RSS MiB", "MiB of file")
        jobs = {"ffmpeg": programs.ffmpeg_render(corpus, out, work),
                OURS: [options.program, "render", corpus / "session.toml", "-o", out]}
        if kind == "flac":
            jobs["sox"] = programs.sox_render(corpus, out, work)
        for _ in range(options.runs):
            for program, command in jobs.items():
                cost = measured(program, command)
                table.add(program, cost.cpu, cost.rss, out.stat().st_size / 2**20)
        table.show(f"Render 20 minutes to {kind}")


def play(options, work):
    """Plays a minute into the null sink with all programs at once; each takes a few percent of a core at most."""
    corpus = options.corpus / "minute"
    flat = work / "flat.wav"
    subprocess.run([str(part) for part in programs.ffmpeg_render(corpus, flat, work)], check=True)
    subprocess.run(["flac", "--totally-silent", "-f", flat], check=True)
    subprocess.run(["lame", "--quiet", "-b", "160", flat, work / "flat.mp3"], check=True)
    jobs = {"aplay": ["aplay", "-q", flat], "mpg123": ["mpg123", "-q", "-o", "alsa", work / "flat.mp3"],
            "mpv, FLAC": [*programs.MPV, work / "flat.flac"], "mpv, EDL": [*programs.MPV, programs.edl(corpus, work)],
            "a bare cpal stream": [options.bare, str(programs.cues_of(corpus)[0]["end"] / RATE)],
            OURS: [options.program, "play", corpus / "session.toml"]}
    table = Table("CPU s", "peak RSS MiB", "wall s")
    for _ in range(options.runs):
        logs = {program: tempfile.TemporaryFile("w+") for program in jobs}
        running = {program: Running(command, logs[program]) for program, command in jobs.items()}
        for program, one in running.items():
            cost = finish(program, one, logs[program])
            table.add(program, cost.cpu, cost.rss, cost.wall)
    table.show("Play 60 s into a null sink")


def start(options, work):
    """Measures the time from the start of the program to its first audible frame; the others play a file rendered before."""
    listener = Listener()
    sessions = {"a steady tone": options.corpus / "tone/session.toml", "the session of 20 minutes": options.corpus / "session/session.toml",
                "glimmer": "glimmer"}
    for title, session in sessions.items():
        flat, table = work / "flat.wav", Table("ms to the first frame")
        subprocess.run([options.program, "render", session, "-o", flat, "--bits", "16"], check=True)
        jobs = {"aplay": ["aplay", "-q", flat], "mpv": [*programs.MPV, flat], OURS: [options.program, "play", session]}
        for _ in range(3 * options.runs):
            for program, command in jobs.items():
                listener.await_quiet(0.2)
                listener.forget()
                terminal = Terminal(command)
                heard = listener.await_sound(terminal.begun)
                table.add(program, 1000 * (listener.moment(heard) - terminal.begun))
                terminal.end(grace=0)
        table.show(f"Start to first sound: {title}")
    listener.close()


def first_change(sound):
    """Returns the first frame at which the 1 kHz tone deviates from its period of 48 frames, even at the soft start of a fade."""
    changed = np.flatnonzero(np.abs(sound[48:] - sound[:-48]) > 1e-6)
    return int(changed[0]) + 48 if len(changed) else None


def clicked(samples):
    return bool(listening.clicks(listening.Sound(RATE, samples[:, None]), 6, 0.001))


def pause(options, _):
    """Measures the time from a key press to the first frame it changes, at a time that is not synchronised with the sink."""
    tone = options.corpus / "tone"
    jobs = {"mpv": [*programs.MPV[:-1], tone / "tone.flac"], OURS: [options.program, "play", tone / "session.toml"]}
    listener, table = Listener(), Table("ms from key to first change", "ms from there to silence", "paused with a click", "resumed with a click")
    for program, command in jobs.items():
        terminal = Terminal(command)
        listener.await_sound(terminal.begun)
        for _ in range(2 * options.runs):
            listener.await_frames(int(random.uniform(0.8, 1.2) * RATE))
            listener.forget()
            listener.await_frames(RATE // 10)
            time.sleep(random.uniform(0, 0.02))
            pressed = terminal.press(" ")
            listener.await_quiet(0.2)
            paused, first = listener.since(pressed - 0.05)
            change = first_change(paused)
            if change is None:
                raise Failed(f"{program} did not pause")
            ended = int(np.flatnonzero(paused)[-1]) + 1
            listener.forget()
            resumed = terminal.press(" ")
            heard = listener.await_sound(resumed)
            listener.await_frames(RATE // 2)
            again, _ = listener.since(listener.moment(heard) - 0.1)
            table.add(program, 1000 * (listener.moment(first + change) - pressed), 1000 * max(0, ended - change) / RATE,
                      clicked(paused), clicked(again))
        terminal.end()
    listener.close()
    table.show("Pause, of a steady tone")


def instant(options, _):
    """Measures the wall time of interactive commands, compared with that of a program that does nothing."""
    jobs = {"true": ["/bin/true"], f"{OURS} list": [options.program, "list"], f"{OURS} show glimmer": [options.program, "show", "glimmer"],
            f"{OURS} --help": [options.program, "--help"]}
    table = Table("wall ms")
    for _ in range(10 * options.runs):
        for program, command in jobs.items():
            began = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, close_fds=False)
            table.add(program, 1000 * (time.perf_counter() - began))
    table.show("Answers")


def check(options, _):
    """Decodes every clip of ten hours completely, on all cores."""
    corpus, table = options.corpus / "long", Table("wall s", "CPU s", "× real time")
    for _ in range(options.runs):
        cost = measured(OURS, [options.program, "check", corpus / "session.toml"])
        table.add(OURS, cost.wall, cost.cpu, programs.cues_of(corpus)[0]["frames"] / RATE / cost.wall)
    table.show("Check the session of ten hours")


def size(options, _):
    print(f"\n### Size\n\nThe program has {os.path.getsize(options.program) / 2**20:.1f} MiB.")


JOBS = {job.__name__: job for job in (size, instant, render, encode, check, long, second, play, start, pause)}
