"""Makes `.venv` and installs pinned requirements into it: `python3 tools/venv.py FILE`.

Run by the system's own python3 with nothing installed, whatever its version is, so this file
keeps to what an old Python can read.
"""

import os
import shutil
import subprocess
import sys

VENV = ".venv"
PYTHON = os.path.join(VENV, "bin", "python")
# Lies in the environment while it is being changed: found at a start, the last set-up was cut.
UNFINISHED = os.path.join(VENV, "unfinished")


def succeeds(*command: str) -> bool:
    """Run a command in silence and tell whether it ended well."""
    try:
        return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def may_install_packages() -> bool:
    """Tell whether this is Debian (or kin) and we are root."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def make() -> None:
    """Make the environment, with pip in it, by the first way that this machine allows."""
    if succeeds(sys.executable, "-c", "import ensurepip"):
        subprocess.check_call([sys.executable, "-m", "venv", VENV])
    elif succeeds(sys.executable, "-m", "venv", "--without-pip", VENV) and succeeds(
        sys.executable, "-m", "pip", "--python", PYTHON, "install", "pip"
    ):
        pass
    elif may_install_packages():
        subprocess.check_call(["apt-get", "update", "-qq"])
        subprocess.check_call(["apt-get", "install", "-y", "-qq", "python3-venv"])
        subprocess.check_call([sys.executable, "-m", "venv", "--clear", VENV])
    else:
        sys.exit("stockwatch: Python's venv is not installed; do: sudo apt install python3-venv")


def main() -> None:
    """Make or mend the environment, then install the file of requirements named."""
    if sys.version_info < (3, 11):
        sys.exit(
            "stockwatch: Python 3.11 or newer is needed, this is %d.%d; do: make PYTHON=python3.11"
            % sys.version_info[:2]
        )
    if os.path.exists(UNFINISHED) or not succeeds(PYTHON, "-m", "pip", "--version"):
        shutil.rmtree(VENV, ignore_errors=True)
        make()
    with open(UNFINISHED, "w"):
        pass
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.check_call([*pip, "-r", sys.argv[1]])
    os.unlink(UNFINISHED)


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit("stockwatch: set-up failed at: %s" % " ".join(error.cmd))
