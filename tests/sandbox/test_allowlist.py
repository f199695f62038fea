"""The explicit lists: what may be read, and the program that answers system calls, run here step by step."""

from __future__ import annotations

import _lsprof
import errno
import importlib
import os
import platform
import statistics
import struct
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.confined import walls
from grader.sandbox import allowlist

# ------------------------------------------------------------------------------------------------------ files


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site-packages: two packages, one of them with libraries, a module, a folder without __init__.py."""
    for folder in ("net", "net.libs", "reference", "spread"):
        (tmp_path / folder).mkdir()
    for file in ("net/__init__.py", "reference/__init__.py", "single.py", "spread/part.py"):
        (tmp_path / file).touch()
    return tmp_path


def beneath(site: Path, packages: list[str]) -> set[str]:
    paths = allowlist.readable_paths(packages, [str(site)])
    return {os.path.relpath(path, site) for path in paths if path.startswith(str(site))}


@pytest.mark.parametrize(
    ("packages", "expected"),
    [
        ([], set()),
        (["net"], {"net", "net.libs"}),
        (["single"], {"single.py"}),
        (["spread"], {"spread"}),
        (["net", "single"], {"net", "net.libs", "single.py"}),
        (["math", "statistics"], set()),
        (["not_installed"], set()),
    ],
)
def test_a_package_brings_its_own_folders_and_nothing_beside(site: Path, packages: list[str], expected: set[str]) -> None:
    assert beneath(site, packages) == expected


@pytest.mark.parametrize("name", ["", ".", "..", "net/x", "net.libs", "../etc", "/etc"])
def test_a_name_that_is_no_package_name_is_refused(site: Path, name: str) -> None:
    with pytest.raises(ValueError, match="is not the name of a package, expected a top-level name"):
        allowlist.readable_paths([name], [str(site)])


def test_no_listed_path_leads_to_a_site_packages_folder_or_to_this_project() -> None:
    sites = [entry for entry in sys.path if entry.endswith(("site-packages", "dist-packages"))]
    homes = [os.path.realpath(path) for path in (*sites, allowlist.__file__, str(Path.home()))]
    for path in map(os.path.realpath, allowlist.readable_paths(["numpy"])):
        assert not any(f"{home}/".startswith(f"{path}/") for home in homes), path


def test_python_and_the_shared_libraries_are_listed() -> None:
    paths = allowlist.readable_paths([])

    def covered(file: str) -> bool:
        return any(f"{os.path.realpath(file)}/".startswith(f"{os.path.realpath(path)}/") for path in paths)

    assert covered(statistics.__file__)
    assert covered(_lsprof.__file__)
    with open("/proc/self/maps", encoding="utf-8") as maps:
        mapped = [line.split(maxsplit=5)[5].strip() for line in maps if "/" in line]
    libc = next(file for file in mapped if os.path.basename(file).startswith(("libc.so", "libc-", "ld-musl")))
    assert covered(libc)


@pytest.mark.skipif(not os.path.exists("/dev/urandom"), reason="there is no /dev/urandom here")
def test_a_framework_brings_what_it_needs_and_no_other_package_does(site: Path) -> None:
    for folder in ("tensorflow", "keras", "torch"):
        (site / folder).mkdir()
    assert beneath(site, ["tensorflow"]) == {"tensorflow", "keras"}
    assert beneath(site, ["torch", "net"]) == {"torch", "net", "net.libs"}
    devices = {path for path in allowlist.readable_paths(["tensorflow"], [str(site)]) if path.startswith("/dev/")}
    assert devices == {"/dev/urandom"}
    assert not any(path.startswith("/dev/") for path in allowlist.readable_paths(["torch", "net"], [str(site)]))


def test_the_list_is_sorted_and_every_path_on_it_exists() -> None:
    paths = allowlist.readable_paths(["numpy"])
    assert list(paths) == sorted(set(paths))
    assert all(os.path.exists(path) for path in paths)


# ----------------------------------------------------------------------------------------------- system calls

ALLOWED, REFUSED, MISSING, KILLED = "allowed", "refused", "missing", "killed"
ANSWERS = {
    0x7FFF0000: ALLOWED,
    0x00050000 | errno.EPERM: REFUSED,
    0x00050000 | errno.ENOSYS: MISSING,
    0x80000000: KILLED,
}
ARCHS = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
COLUMN = {"x86_64": 0, "aarch64": 1}
CONDITIONAL = " ".join(row[0] for row in (*allowlist._ONE_OF, *allowlist._NONE_OF))


def answer(program: bytes, arch: int, number: int, arguments: tuple[int, ...] = ()) -> str:
    """Run a seccomp program as the kernel does, for the four kinds of steps that it may have."""
    data = struct.pack("=iIQ6Q", number, arch, 0, *arguments, *[0] * (6 - len(arguments)))
    steps = list(struct.iter_unpack("=HBBI", program))
    at = value = 0
    while True:
        code, then, otherwise, operand = steps[at]
        at += 1
        if code == 0x20:
            (value,) = struct.unpack_from("=I", data, operand)
        elif code == 0x15:
            at += then if value == operand else otherwise
        elif code == 0x45:
            at += then if value & operand else otherwise
        else:
            assert code == 0x06
            return ANSWERS[operand]


def calls(table: str, machine: str) -> dict[str, int]:
    found = {name: numbers[COLUMN[machine]] for name, numbers in allowlist.system_calls(table).items()}
    return {name: number for name, number in found.items() if number is not None}


@pytest.fixture(params=["x86_64", "aarch64"])
def machine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def program_for(machine: str, *, threads: bool = False) -> bytes:
    program = allowlist.seccomp_filter(machine, threads=threads)
    if program is None:
        pytest.skip("seccomp is Linux's, on 64 bits")
    return program


def test_the_calls_on_the_list_are_allowed_and_no_other(machine: str) -> None:
    program, arch = program_for(machine), ARCHS[machine]
    listed = set(calls(allowlist._ALLOWED, machine).values())
    conditional = set(calls(CONDITIONAL, machine).values())
    for number in [*range(-1, 1024), *(0x40000000 | n for n in range(1024))]:
        if number in listed:
            assert answer(program, arch, number) == ALLOWED
        elif number == 435:
            assert answer(program, arch, number) == MISSING
        elif number not in conditional:
            assert answer(program, arch, number) == REFUSED, number


def test_a_call_of_another_architecture_kills(machine: str) -> None:
    program = program_for(machine)
    others = [0x40000003, *(arch for name, arch in ARCHS.items() if name != machine)]
    assert {answer(program, arch, number) for arch in others for number in range(500)} == {KILLED}


@pytest.mark.parametrize(
    ("call", "arguments", "expected"),
    [
        ("ioctl", (0, 0x5401), ALLOWED),
        ("ioctl", (0, 0x5451), ALLOWED),
        ("ioctl", (0, 0x5412), REFUSED),
        ("fcntl", (0, 3), ALLOWED),
        ("fcntl", (0, 8), REFUSED),
        ("openat", (0, 0, os.O_RDONLY), ALLOWED),
        ("openat", (0, 0, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC), ALLOWED),
        ("openat", (0, 0, os.O_WRONLY), REFUSED),
        ("openat", (0, 0, os.O_RDWR), REFUSED),
        ("openat", (0, 0, os.O_RDONLY | os.O_CREAT), REFUSED),
        ("openat", (0, 0, os.O_RDONLY | os.O_TRUNC), REFUSED),
        ("openat", (0, 0, os.O_RDONLY | (0xFF << 32)), ALLOWED),  # the kernel reads the low half too
        ("open", (0, os.O_RDONLY), ALLOWED),
        ("open", (0, os.O_WRONLY), REFUSED),
        ("tgkill", (walls.NO_PID,), ALLOWED),
        ("tgkill", (1,), REFUSED),
    ],
)
def test_some_calls_depend_on_an_argument(machine: str, call: str, arguments: tuple[int, ...], expected: str) -> None:
    program = program_for(machine)
    number = calls(CONDITIONAL, machine).get(call)
    if number is None:
        pytest.skip(f"{machine} has no {call}")
    assert answer(program, ARCHS[machine], number, arguments) == expected


A_THREAD = 0x3D0F00  # CLONE_VM, FS, FILES, SIGHAND, THREAD, SYSVSEM, SETTLS, PARENT_SETTID and CHILD_CLEARTID
STARTS_A_PROCESS = {
    "a fork": 0x01200011,
    "a vfork": 0x4111,
    "no thread of this process": A_THREAD & ~0x10000,
    "memory of its own": A_THREAD & ~0x100,
    "a namespace besides": A_THREAD | 0x10000000,
    "a signal besides": A_THREAD | 17,
}


@pytest.mark.parametrize("flags", STARTS_A_PROCESS.values(), ids=STARTS_A_PROCESS)
def test_with_threads_a_thread_can_be_started_and_no_process(machine: str, flags: int) -> None:
    program, arch, clone = program_for(machine, threads=True), ARCHS[machine], {"x86_64": 56, "aarch64": 220}[machine]
    assert answer(program, arch, clone, (A_THREAD,)) == ALLOWED
    assert answer(program, arch, clone, (flags,)) == REFUSED
    assert answer(program_for(machine), arch, clone, (A_THREAD,)) == REFUSED


def test_threads_loosen_three_calls_and_no_other(machine: str) -> None:
    arch, of_threads = ARCHS[machine], set(calls(f"clone 56 220 {allowlist._TO_THREAD}", machine).values())
    plain, threads = (program_for(machine, threads=loosened) for loosened in (False, True))
    numbers = [*range(1024), *(0x40000000 | n for n in range(1024))]
    for arguments in ((), (A_THREAD,), (0, 0, os.O_WRONLY), (walls.NO_PID,)):
        differing = {n for n in numbers if answer(plain, arch, n, arguments) != answer(threads, arch, n, arguments)}
        assert differing == (of_threads if arguments == (A_THREAD,) else of_threads - {56, 220})


@given(number=st.integers(0, 2**31 - 1), arguments=st.tuples(*[st.integers(0, 2**64 - 1)] * 6))
def test_the_program_always_comes_to_an_answer(number: int, arguments: tuple[int, ...]) -> None:
    for machine, arch in ARCHS.items():
        assert answer(program_for(machine), arch, number, arguments) in {ALLOWED, REFUSED, MISSING}


def test_the_place_of_the_own_pid_occurs_once_and_on_the_edge_of_a_step(machine: str) -> None:
    program, step = program_for(machine), walls.same_value(walls.NO_PID)
    assert program.count(step) == 1
    assert program.index(step) % 8 == 0


@pytest.mark.sandbox  # the library is looked for by a command
def test_the_numbers_are_those_of_libseccomp(machine: str) -> None:
    try:
        pyseccomp = importlib.import_module("pyseccomp")
    except (ImportError, RuntimeError) as error:
        pytest.skip(f"pyseccomp or libseccomp is not here: {error}")
    arch = {"x86_64": pyseccomp.Arch.X86_64, "aarch64": pyseccomp.Arch.AARCH64}[machine]
    every = allowlist.system_calls(f"{allowlist._ALLOWED} {allowlist._ABSENT} {CONDITIONAL}")
    for name, numbers in every.items():
        theirs = pyseccomp.resolve_syscall(arch, name)
        # libseccomp gives a call that a machine does not have a negative number.
        assert numbers[COLUMN[machine]] == (theirs if theirs >= 0 else None), name


def test_a_machine_without_a_table_has_no_filter() -> None:
    assert allowlist.seccomp_filter("vax") is None


def test_this_machine_is_the_default() -> None:
    if platform.machine() not in ARCHS:
        pytest.skip(f"there is no table for {platform.machine()}")
    assert allowlist.seccomp_filter() == allowlist.seccomp_filter(platform.machine())
