"""Measures other programs: the cost of a command, and the times at which a sound in the null sink starts or changes."""
import ctypes
import os
import pty
import subprocess
import threading
import time
from dataclasses import dataclass

import numpy as np

RATE = 48000


@dataclass
class Cost:
    cpu: float  # seconds, with everything it started and waited for
    system: float  # seconds of it, in the kernel
    rss: float  # MiB, of its largest process
    wall: float  # seconds


class Running:
    """A command whose cost is measured when it ends.

    A program that is started from here directly would begin with this interpreter's own peak memory in its account. So a small shell
    starts it and leaves; as a subreaper, this process inherits it and so its figures. It begins once the shell has left, which would
    otherwise be told of the end of a short one.
    """

    def __init__(self, command, log, environment=None):
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
        gate, opener = os.pipe()
        script = 'gate=$1; shift; { read -r _ <&"$gate"; exec "$@"; } >/dev/null & echo $!'
        shell = subprocess.run(["sh", "-c", script, "sh", str(gate), *map(str, command)], pass_fds=[gate],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, check=True)
        self.pid = int(shell.stdout)
        self.begun = time.monotonic()
        os.close(gate)
        os.close(opener)

    def wait(self):
        _, status, used = os.wait4(self.pid, 0)
        cost = Cost(used.ru_utime + used.ru_stime, used.ru_stime, used.ru_maxrss / 1024, time.monotonic() - self.begun)
        return os.waitstatus_to_exitcode(status), cost


class Terminal:
    """A command in a pseudo-terminal, which receives keys."""

    def __init__(self, command):
        self.begun = time.monotonic()
        self.pid, self.screen = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm-256color"
            os.execvp(str(command[0]), [str(part) for part in command])
        threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self):
        try:
            while os.read(self.screen, 65536):
                pass
        except OSError:
            pass

    def press(self, key):
        """Presses a key, and returns the time."""
        now = time.monotonic()
        os.write(self.screen, key.encode())
        return now

    def end(self, grace=5):
        os.kill(self.pid, 15)
        until = time.monotonic() + grace
        while os.waitpid(self.pid, os.WNOHANG) == (0, 0):
            if time.monotonic() > until:
                os.kill(self.pid, 9)
                os.waitpid(self.pid, 0)
                break
            time.sleep(0.01)
        os.close(self.screen)


class Listener:
    """Records the null sink: its samples (the left channel), and the time of each frame.

    A block arrives when its first frame plays (the sink renders 2 ms ahead). The sink's clock gains about
    250 ppm on the system's, so a frame's moment comes from the blocks within half a second of it, by the median.
    """

    def __init__(self):
        self.blocks, self.arrivals, self.frames, self.changed = [], [], 0, threading.Condition(threading.RLock())
        self.process = subprocess.Popen(["parec", "--record", "-d", "null1.monitor", "--latency-msec=2", "--raw", "--format=float32le",
                                         f"--rate={RATE}", "--channels=2"], stdout=subprocess.PIPE, bufsize=0)
        threading.Thread(target=self._listen, daemon=True).start()
        self.await_frames(RATE // 2)

    def _listen(self):
        rest = b""
        while data := os.read(self.process.stdout.fileno(), 65536):
            now, data = time.monotonic(), rest + data
            whole = len(data) // 8 * 8
            rest = data[whole:]
            with self.changed:
                self.blocks.append(np.frombuffer(data[:whole], "<f4")[::2])
                self.arrivals.append((self.frames, now))
                self.frames += whole // 8
                self.changed.notify_all()

    def await_frames(self, count, patience=20):
        """Waits until this many more frames have arrived."""
        with self.changed:
            wanted = self.frames + count
            if not self.changed.wait_for(lambda: self.frames >= wanted, patience):
                raise TimeoutError("the null sink does not play")

    def since(self, moment):
        """Returns the samples from a time on, and the frame of the first of them."""
        with self.changed:
            sound, near = np.concatenate(self.blocks), min(self.arrivals, key=lambda arrival: abs(arrival[1] - moment))
            origin = self.moment(near[0]) - near[0] / RATE
            first = max(0, round((moment - origin) * RATE))
        return sound[first:], first

    def moment(self, frame):
        """Returns the time at which a frame was played."""
        with self.changed:
            late = [now - start / RATE for start, now in self.arrivals if abs(start - frame) < RATE / 2]
        return float(np.median(late)) + frame / RATE

    def await_sound(self, moment, threshold=0.001, patience=10):
        """Returns the first frame above the threshold from a time on."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            sound, first = self.since(moment)
            loud = np.flatnonzero(np.abs(sound) > threshold)
            if len(loud):
                return first + int(loud[0])
            self.await_frames(240)
        raise TimeoutError("no sound was heard")

    def await_quiet(self, seconds, patience=20):
        until = time.monotonic() + patience
        while time.monotonic() < until:
            now = time.monotonic()
            self.await_frames(int(seconds * RATE))
            if not self.since(now)[0].any():
                return
        raise TimeoutError("the sound does not end")

    def forget(self):
        """Discards the recorded samples, but keeps the clock."""
        with self.changed:
            self.blocks, self.arrivals = [np.zeros(sum(map(len, self.blocks)), np.float32)], self.arrivals[-2000:]

    def close(self):
        self.process.terminate()
        self.process.wait()
