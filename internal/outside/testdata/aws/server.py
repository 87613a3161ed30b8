"""The aws command, started once.

Python takes most of a command's time to read the program, so this reads it once and
forks for each command: what runs is awscli itself, with the arguments, environment,
folder and files of whoever calls. It prints the path of a command that stands in for
aws, and ends, and removes that, when its standard input closes.
"""

import json
import os
import select
import shutil
import socket
import sys
import tempfile

import awscli.clidriver

# -I and -S: the command in front has to start fast, and imports nothing of anybody's.
COMMAND = """#!{python} -IS
import json, os, socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect({path!r})
asked = json.dumps({{"args": sys.argv[1:], "env": dict(os.environ), "cwd": os.getcwd()}}).encode()
socket.send_fds(s, [len(asked).to_bytes(8, "big")], [0, 1, 2])
s.sendall(asked)
code = s.recv(1)
sys.exit(code[0] if code else "aws ended without an exit code")
"""

# awscli looks for its own data here, and has set it for this process alone.
DATA = os.environ.get("AWS_DATA_PATH", "")


def command():
    """Runs aws with sys.argv and returns its exit code."""
    try:
        code = awscli.clidriver.main()
    except SystemExit as e:
        code = e.code
    except KeyboardInterrupt:
        code = 130
    if isinstance(code, str):
        print(code, file=sys.stderr)
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return (code or 0) & 0xFF


def warm():
    """Runs a command that reaches nobody, so that what is imported late is there."""
    was, kept = dict(os.environ), [os.dup(fd) for fd in (1, 2)]
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    os.environ.update(AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b", AWS_MAX_ATTEMPTS="1", AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)
    sys.argv = ["aws", "sts", "get-caller-identity", "--region", "us-east-1", "--endpoint-url", "http://127.0.0.1:1"]
    command()
    os.environ.clear()
    os.environ.update(was)
    for fd, copy in zip((1, 2), kept):
        os.dup2(copy, fd)
        os.close(copy)
    os.close(null)


def answer(s):
    """Does what one caller asks for, in a process of its own."""
    size, fds, _, _ = socket.recv_fds(s, 8, 3)
    data = b""
    while len(data) < int.from_bytes(size, "big"):
        part = s.recv(1 << 16)
        if not part:
            return
        data += part
    asked = json.loads(data)
    for fd, theirs in enumerate(fds):
        os.dup2(theirs, fd)
        os.close(theirs)
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    if DATA:
        os.environ.setdefault("AWS_DATA_PATH", DATA)
    sys.argv = ["aws"] + asked["args"]
    s.sendall(bytes([command()]))


def main():
    warm()
    folder = tempfile.mkdtemp(prefix="kumoban-aws-")
    try:
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(os.path.join(folder, "socket"))
        listening.listen(64)
        path = os.path.join(folder, "aws")
        with open(path, "w") as f:
            f.write(COMMAND.format(python=sys.executable, path=os.path.join(folder, "socket")))
        os.chmod(path, 0o700)
        print(path, flush=True)
        while True:
            ready, _, _ = select.select([listening, sys.stdin], [], [])
            if sys.stdin in ready:
                return
            s, _ = listening.accept()
            while True:  # those that have ended
                try:
                    if os.waitpid(-1, os.WNOHANG)[0] == 0:
                        break
                except ChildProcessError:
                    break
            if os.fork() == 0:
                listening.close()
                try:
                    answer(s)
                finally:
                    os._exit(1)
            s.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
