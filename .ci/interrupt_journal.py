#!/usr/bin/env python3
"""The README's run command, with a Ctrl-C in its middle: the first run is interrupted once it has committed
something and dies by SIGINT, the second goes on to the end, and the journal has every line once."""

import os
import signal
import subprocess
import tempfile

COMMAND = ["cargo", "run", "--quiet", "--example", "journal", "--", "README.md"]


def main():
    with tempfile.TemporaryDirectory() as folder:
        journal = os.path.join(folder, "journal")
        arguments = [*COMMAND, "--journal", journal]
        # cargo becomes the program on Unix, so the signal goes to the right process.
        first = subprocess.Popen(
            [*arguments, "--pace", "1s"], stdout=subprocess.PIPE, text=True, preexec_fn=take_interrupts
        )
        for line in first.stdout:
            print("first:", line, end="")
            if line.startswith("committed"):
                first.send_signal(signal.SIGINT)
                break
        rest = first.communicate(timeout=60)[0]
        print(rest, end="")
        assert first.returncode == -signal.SIGINT, f"status {first.returncode}"

        second = subprocess.run(arguments, stdout=subprocess.PIPE, text=True, timeout=60, check=True)
        print(second.stdout, end="")
        with open("README.md", "rb") as readme:
            lines = readme.read().count(b"\n")
        assert f"all {lines} lines are committed" in second.stdout
        assert not second.stdout.startswith("0 lines")


def take_interrupts():
    """A shell without job control ignores SIGINT in what it starts in the background; so may a CI."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


main()
