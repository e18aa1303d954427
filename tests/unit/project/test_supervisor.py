"""Parts that die are named and started again; one that cannot start ends all; and a data folder has one demo at a time."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from streams.command import Trouble
from streams.keeper.orders import socket_path
from streams.settings import load
from tests.support.workers import wait_for
from tools import demo
from tools.supervisor import Course, Part, Patience, Supervisor, read

ROOT = Path(__file__).resolve().parents[3]
QUICK = Patience(first=0.01, longest=0.05, settled=30, tries=3, stop=20)


def part(name: str, code: str) -> Part:
    """A part that runs this Python."""
    return Part(name, (sys.executable, "-uc", code))


class Running:
    """A supervisor at work in a thread, and what it has written so far."""

    def __init__(self, parts: list[Part], patience: Patience) -> None:
        self.lines: list[str] = []
        self.reason: str | None = None
        self.supervisor = Supervisor(parts, self.lines.append, patience=patience)
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        self.reason = self.supervisor.run()

    def said(self, pattern: str) -> list[str]:
        """What the first group of a pattern is in each line so far that has it."""
        return [found[1] for line in list(self.lines) if (found := re.search(pattern, line))]

    def wait(self, pattern: str, times: int = 1) -> list[str]:
        """The same, as soon as there are so many."""
        wait_for(lambda: len(self.said(pattern)) >= times, f"{times} lines with {pattern!r}")
        return self.said(pattern)


@contextmanager
def running(*parts: Part, patience: Patience = QUICK) -> Iterator[Running]:
    """Parts under a supervisor, which are ended at the end."""
    one = Running(list(parts), patience)
    try:
        yield one
    finally:
        one.supervisor.stop()
        one.thread.join(30)
        assert not one.thread.is_alive()


SLEEPER = "import os, time; print('pid', os.getpid()); time.sleep(600)"


def test_pauses_double_up_to_the_longest_and_begin_anew_after_a_good_life() -> None:
    """1, 2, 4, 8, 16, 30, 30 s; after a minute of life 1 s again; a part that has had such a life is never given up."""
    course = Course(Patience())
    assert course.died(lived=60) == 1
    assert [course.died(lived=2) for _ in range(7)] == [2, 4, 8, 16, 30, 30, 30]
    assert course.died(lived=61) == 1


def test_a_part_that_never_lived_is_given_up_at_the_fifth_time() -> None:
    """Four deaths within a minute of the start are waited out, the fifth is the end."""
    course = Course(Patience())
    assert [course.died(lived=59) for _ in range(5)] == [1, 2, 4, 8, None]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_a_killed_part_is_named_and_started_again_and_the_others_go_on(number: signal.Signals) -> None:
    """The signal is named with the part; a new process takes its place; the other part stays the same process."""
    with running(part("one", SLEEPER), part("other", SLEEPER)) as run:
        (first,), (other,) = run.wait(r"one +\| pid (\d+)"), run.wait(r"other +\| pid (\d+)")
        os.kill(int(first), number)
        again = run.wait(r"one +\| pid (\d+)", times=2)[1]
        assert again != first
        assert run.said(rf"supervisor \| (one was killed by {number.name} after \d+ s; it is started again in 0.01 s)")
        os.kill(int(other), 0)
        assert run.said(r"other +\| pid (\d+)") == [other]
    assert run.reason == ""


def test_a_part_that_ends_well_is_started_again_too() -> None:
    """Nothing but the supervisor's own end is the end of a part."""
    with running(part("brief", "print('here')"), patience=Patience(first=0.01, tries=10_000)) as run:
        run.wait(r"brief +\| (here)", times=3)
        assert run.said(r"(brief ended with code 0)")


def test_what_a_dead_part_left_behind_is_killed_before_it_starts_again() -> None:
    """A part's own child, which holds its output open, does not outlive it: no two of it run at once."""
    child = f"import subprocess, sys; subprocess.Popen([sys.executable, '-uc', {SLEEPER!r}]).wait()"
    with running(part("parent", f"import os; print('parent', os.getpid()); {child}")) as run:
        (parent,), (orphan,) = run.wait(r"\| parent (\d+)"), run.wait(r"\| pid (\d+)")
        os.kill(int(parent), signal.SIGKILL)
        run.wait(r"\| pid (\d+)", times=2)
        wait_for(lambda: _gone(int(orphan)), "the orphan to end")


def test_a_part_that_cannot_start_ends_all_with_its_last_lines_as_the_reason() -> None:
    """After its tries the others are ended too, and the reason names it, its exit code and what it said last."""
    with running(part("good", SLEEPER), part("bad", "raise SystemExit('no port')")) as run:
        (good,) = run.wait(r"good +\| pid (\d+)")
        run.thread.join(60)
    assert run.reason == "bad cannot start: it ended with code 1, 3 times in a row\n  no port"
    assert _gone(int(good))


def test_a_command_that_does_not_exist_is_said() -> None:
    """A name that is no program is a part that cannot start."""
    with running(Part("typo", ("no-such-program",))) as run:
        run.thread.join(60)
    assert run.reason == "typo cannot start: it could not be run (No such file or directory: no-such-program), 3 times in a row"


def test_the_first_part_ends_last() -> None:
    """The others get their signal together and have ended when the first one gets its own: they may need it until then."""
    code = "import signal, time; signal.signal(15, lambda *_: exit(0)); print('up'); time.sleep(600)"
    with running(*(part(name, code) for name in ("ground", "a", "b"))) as run:
        run.wait(r"\| (up)", times=3)
    assert run.said(r"supervisor \| (\w+) ended with code 0")[-1] == "ground"
    assert run.reason == ""


def test_a_part_that_does_not_end_is_killed() -> None:
    """One that ignores SIGTERM is killed when its time is over."""
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up'); time.sleep(600)"
    with running(part("deaf", deaf), patience=Patience(stop=0.2)) as run:
        run.wait(r"\| (up)")
    assert run.said(r"(deaf was killed by SIGKILL)")


def test_a_reader_that_went_away_ends_all() -> None:
    """`make demo | head`: with the output closed the parts are ended, not left blocked in their writes."""

    def closed(_line: str) -> None:
        raise BrokenPipeError

    assert Supervisor([part("one", SLEEPER)], closed, patience=QUICK).run() == ""


def test_every_part_of_the_procfile_is_a_command_that_exists() -> None:
    """The parts of the demo run `python -m PACKAGE`; the broker is the first of them."""
    parts = read(ROOT / "Procfile")
    assert parts[0].name == "kafka"
    ours = [each for each in parts if each.name != "mosquitto"]
    assert {each.command[:2] for each in ours} == {("python", "-m")}
    assert all((ROOT / each.command[2] / "__main__.py").exists() for each in ours)


def test_names_of_the_environment_stand_for_themselves(tmp_path: Path) -> None:
    """`$NAME` in a command is what the environment has, blanks and all; no shell reads it, and a name that is not set stays."""
    lines: list[str] = []
    said = Part("one", (sys.executable, "-c", "import sys; print(sys.argv[1:])", "$FOLDER/a", "$(id)", "$NOBODY"))
    running = Supervisor([said], lines.append, os.environ | {"FOLDER": f"{tmp_path}/b c"}, patience=QUICK)
    running.run()
    assert any(f"['{tmp_path}/b c/a', '$(id)', '$NOBODY']" in line for line in lines)


def test_without_a_broker_of_mqtt_its_parts_are_left_out(tmp_path: Path) -> None:
    """Where no register of the gateway was made, neither it nor the broker runs; the other gateways do."""
    settings = load({"ONESCREEN_DATA": str(tmp_path)})
    names = {each.name for each in demo.parts(settings, ROOT / "Procfile")}
    assert {"hj212", "http", "sql", "city", "risk"} <= names
    assert not names & {"mosquitto", "mqtt"}
    (tmp_path / "roads").mkdir()
    (tmp_path / "roads" / "mqtt.toml").touch()
    assert {each.name for each in demo.parts(settings, ROOT / "Procfile")} == names | {"mosquitto", "mqtt"}


def test_gateways_of_a_second_demo_are_heard_elsewhere(tmp_path: Path) -> None:
    """A port that somebody has is not taken, one that the environment names is; the usual ones are those of the docs."""
    settings = load({"ONESCREEN_DATA": str(tmp_path)})
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(demo, "PORTS", {"ONESCREEN_HJ212_PORT": port, "ONESCREEN_HTTP_PORT": port})
            env = demo.environment(settings, {"ONESCREEN_HTTP_PORT": "7"})
    assert env["ONESCREEN_HJ212_PORT"] != str(port)
    assert env["ONESCREEN_HTTP_PORT"] == "7"
    assert demo.PORTS == {"ONESCREEN_HJ212_PORT": 9212, "ONESCREEN_HTTP_PORT": 9280, "ONESCREEN_MQTT_PORT": 1883}


def test_a_line_that_is_no_part(tmp_path: Path) -> None:
    """The message names file and line."""
    (tmp_path / "Procfile").write_text("# parts\nweb: python -m 'a b'\nnonsense\n", "utf-8")
    with pytest.raises(Trouble, match="Procfile, line 3: 'nonsense' is no `name: command`"):
        read(tmp_path / "Procfile")


@pytest.fixture
def second(tmp_path: Path) -> Callable[[], "subprocess.CompletedProcess[str]"]:
    """Runs `python -m tools.demo` with the test's data folder."""

    def run() -> "subprocess.CompletedProcess[str]":
        env = os.environ | {"ONESCREEN_DATA": str(tmp_path), "ONESCREEN_SCREEN_PORT": "8765"}
        command = [sys.executable, "-m", "tools.demo"]
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120)

    return run


def test_a_second_demo_in_a_folder_is_refused(tmp_path: Path, second: Callable[[], "subprocess.CompletedProcess[str]"]) -> None:
    """It says who runs and where its screen is, exits 1, and touches nothing: no broker is started, none is stopped."""
    settings = load({"ONESCREEN_DATA": str(tmp_path), "ONESCREEN_SCREEN_PORT": "8765"})
    with demo.held(settings):
        done = second()
    assert done.returncode == 1
    assert (
        f"a demo runs already with the data in {tmp_path} (process {os.getpid()}, screen http://127.0.0.1:8765)" in done.stderr
    )
    assert [path.name for path in tmp_path.iterdir()] == [demo.LOCK]


def test_parts_of_a_killed_demo_are_named(tmp_path: Path, second: Callable[[], "subprocess.CompletedProcess[str]"]) -> None:
    """A demo killed with SIGKILL leaves parts that still hold its data: a second one says which, and how to end them."""
    script = (
        "import os, subprocess, sys, time; from streams.settings import load; from tools.demo import held\n"
        "with held(load()) as lock:\n"
        f"    command = [sys.executable, '-c', {SLEEPER!r}]\n"
        "    print(subprocess.Popen(command, pass_fds=(lock,), stdout=subprocess.DEVNULL).pid, flush=True)\n"
        "    time.sleep(600)"
    )
    env = os.environ | {"ONESCREEN_DATA": str(tmp_path)}
    first = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    assert first.stdout is not None
    left = int(first.stdout.readline())
    first.kill()
    first.wait()
    try:
        done = second()
        assert done.returncode == 1
        assert f"was killed, but parts of it still run: end them with `kill {left}`" in done.stderr
    finally:
        os.kill(left, signal.SIGKILL)
    first.stdout.close()


def test_the_lock_goes_with_the_demo(tmp_path: Path) -> None:
    """After its end the next one may start."""
    settings = load({"ONESCREEN_DATA": str(tmp_path)})
    for _ in range(2):
        with demo.held(settings):
            pass


def test_parts_find_this_python_first() -> None:
    """`python` in the Procfile is the one that runs the demo, and accounts are the demo's own unless others are named."""
    env = demo.environment(load({"ONESCREEN_DATA": "d"}), {"PATH": "/bin"})
    assert env["PATH"] == f"{Path(sys.executable).parent}:/bin:/usr/sbin"
    assert env["ONESCREEN_PEOPLE"] == str(Path("d/demo/people.json"))
    assert demo.environment(load({}), {"ONESCREEN_PEOPLE": "mine"})["ONESCREEN_PEOPLE"] == "mine"


def test_the_demo_has_a_keeper_where_its_parts_ask() -> None:
    """Its log is opened: signer and simulated people find the keeper of the Procfile, at the socket where that one answers."""
    (keeper,) = [each for each in read(ROOT / "Procfile") if each.name == "keeper"]
    assert keeper.command == ("python", "-m", "streams", "keeper", "run", "--log", "demo")
    settings = load({"ONESCREEN_DATA": "d"})
    env = demo.environment(settings, {})
    assert load(env | {"ONESCREEN_DATA": "d"}).keeper_socket == socket_path(settings, "demo")
    mine = {"ONESCREEN_KEEPER_SOCKET": "/run/mine"}
    assert demo.environment(settings, mine)["ONESCREEN_KEEPER_SOCKET"] == "/run/mine"


def _gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has waited for yet counts as ended."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
