"""Rows on the channel: forged, late, malformed and endless messages, and helpers asked with hostile arguments."""

# ruff: noqa: E501  (a short program is easier to read on one line)
from __future__ import annotations

from tests.hostile.row import FULL, Hostile

_NOT_A_REPLY = "crashed: it sent something that is not a reply"
_KILLED = "crashed: the process was ended by signal 9 (SIGKILL)"
_BROKEN = "crashed: the code broke the worker that runs it"
_RIGHT = "\n    return 3 * A.sum(axis=1)\n"


def does(statement: str) -> str:
    return (
        f"import numpy as np\nimport os\nimport struct\nimport sys\nimport tools\n\ndef target(A):\n    {statement}" + _RIGHT
    )


def loads(expression: str) -> str:
    return f"import numpy as np\nimport tools\n\ndef early(x={expression}):\n    pass\n\ndef target(A):" + _RIGHT


ROWS = (
    Hostile(
        "forged reply",
        "answer before the worker does",
        does("tools.send(b'V', tools.reply(0 if len(A) == 2 else 1, 0, 3 * A.sum(axis=1)))"),
        ("right then " + _NOT_A_REPLY, _NOT_A_REPLY),
    ),
    Hostile(
        "reply to the next call",
        "answer a question that was not asked yet",
        does("tools.send(b'V', tools.reply(1, 0, 0.0))"),
        (_NOT_A_REPLY, "right then " + _NOT_A_REPLY),
    ),
    Hostile(
        "late replies",
        "answer the next function's calls",
        does("len(A) == 1 and [tools.send(b'V', tools.reply(n, 0, A + 1)) for n in (1, 0, 1)]"),
        ("right then " + _NOT_A_REPLY,),
    ),
    Hostile(
        "the end of the batch forged as well",
        "have the real reply answer the next function's call",
        does("len(A) == 1 and [tools.send(b'V', tools.reply(1, 0, 0.0)), tools.send(b'D')]"),
        ("right then wrong",),
        other=("crashed: it sent something that is not a reply and right",),
    ),
    Hostile("done before the end", "end the batch early", does("tools.send(b'D')"), (_NOT_A_REPLY,)),
    Hostile("loaded once more", "another load report", does("tools.send(b'L', tools.packed({}))"), (_NOT_A_REPLY,)),
    Hostile("forged output verdict", "another verdict", does("tools.send(b'O')"), ("too-much-output",)),
    Hostile("unknown kind", "a message that is none", does("tools.send(b'Z', b'x' * 100)"), (_NOT_A_REPLY,)),
    Hostile(
        "4 GB announced", "make the parent wait or allocate", does("tools.send(b'V', b'', 0xFFFFFFFF)"), (_NOT_A_REPLY,)
    ),
    Hostile(
        "70 MB announced",
        "make the parent wait",
        does("tools.send(b'V', b'', 70 << 20)\n    while True: pass"),
        ("timeout",),
    ),
    Hostile(
        "a byte at a time",
        "keep the parent reading for years",
        does(
            "tools.send(b'V', b'', 70 << 20)\n    import time\n"
            "    while True:\n        os.write(tools.descriptor(), b'x')\n        time.sleep(0.05)"
        ),
        ("timeout",),
        only=("full",),
    ),
    Hostile(
        "garbage without end",
        "keep the parent busy",
        does("while True: os.write(tools.descriptor(), b'\\0\\0\\0\\0C' * 1000)"),
        ("timeout",),
        only=FULL,
    ),
    Hostile(
        "progress without end",
        "keep the parent busy while loading",
        loads("[tools.send(b'U', n.to_bytes(4, 'little')) for n in iter(int, 1)]"),
        ("right",),
    ),
    *(
        Hostile(
            f"malformed reply: {what}",
            "misread or crash the parent",
            does(f"tools.send(b'V', {body})"),
            (_NOT_A_REPLY,),
        )
        for what, body in (
            ("empty", "b''"),
            ("no value", "tools.head(0, 0)"),
            ("many mutated", "tools.head(65535, 0)"),
            ("much output", "tools.head(0, 10**7) + b'x' * 10**7 + tools.packed(1)"),
            (
                "structured dtype",
                "tools.head(0, 0) + struct.pack('<II', 13, 0) + b'ai,O' + b'\\1' + bytes(8)",
            ),
            (
                "negative shape",
                "tools.head(0, 0) + struct.pack('<II', 13, 0) + b'af8 \\1' + b'\\xff' * 8",
            ),
            (
                "65 dimensions",
                "tools.head(0, 0) + struct.pack('<II', 525, 0) + b'af8 \\x41' + bytes(520)",
            ),
            (
                "huge shape",
                "tools.head(0, 0) + struct.pack('<II', 21, 0) + b'af8 \\2' + struct.pack('<qq', 1 << 31, 1 << 31)",
            ),
            ("deep", "tools.head(0, 0) + struct.pack('<II', 5 * 10**5, 0) + b'l\\1\\0\\0\\0' * 10**5"),
            (
                "wide",
                "tools.head(0, 0) + struct.pack('<II', 10**6 + 5, 0) + b'l' + (10**6).to_bytes(4, 'little') + b'N' * 10**6",
            ),
            (
                "unhashable key",
                "tools.head(0, 0) + struct.pack('<II', 11, 0) + b'd\\1\\0\\0\\0l\\0\\0\\0\\0N'",
            ),
            (
                "handle with a long name",
                "tools.head(0, 0) + struct.pack('<II', 9 + 10**6, 0) + b'o' + bytes(4) + (10**6).to_bytes(4, 'little') + b'x' * 10**6",
            ),
        )
    ),
    *(
        Hostile(
            f"malformed exception: {what}",
            "misread or crash the parent",
            does(f"tools.send(b'E', tools.reply(0, 0, {value}))"),
            must,
        )
        for what, value, must in (
            ("no triple", "1", (_NOT_A_REPLY,)),
            ("arrays", "(np.zeros(9), [[]], {})", (_NOT_A_REPLY,)),
            ("arrays without end", "([np.zeros(300)] * 20000, 'x', None)", ("too-much-output",)),
            ("a long text", "('ValueError', 'x' * 10**5, None)", (_NOT_A_REPLY,)),
            ("a place that is none", "('ValueError', 'x', 3)", (_NOT_A_REPLY,)),
        )
    ),
    *(
        Hostile(f"malformed load report: {what}", "crash the parent", loads(f"tools.send(b'L', {body})"), ("right",))
        for what, body in (
            ("empty", "b''"),
            ("a list", "tools.packed([])"),
            ("an array", "tools.packed(np.zeros(3))"),
            ("lists for texts", "tools.packed({'defined': {'target': []}, 'failed': [1]})"),
            ("arrays for truth", "tools.packed({'defined': {}, 'failed': [(1, 2, 3, 4, np.zeros(2))]})"),
        )
    ),
    Hostile(
        "load report with a forged one before it",
        "have functions that are not there",
        loads(
            "tools.send(b'L', tools.packed({'defined': {'target': 'callable', 'other': 'callable'}, 'bound': {}, 'failed': [], 'absent': []}))"
        ),
        (_NOT_A_REPLY,),
        other=("right", _NOT_A_REPLY),
    ),
    Hostile(
        "closed channel",
        "leave the parent without an answer",
        does("os.close(tools.descriptor())\n    while True: pass"),
        (_KILLED,),
    ),
    Hostile(
        "questions stolen",
        "read what the worker has to read",
        does("os.read(tools.descriptor(), 1 << 20)"),
        ("timeout",),
        only=("full",),
    ),
    Hostile("the worker's state destroyed", "break the worker", does("tools.session().__dict__.clear()"), (_BROKEN,)),
    Hostile(
        "patched wire",
        "write the bytes of the reply itself",
        does("tools.wire().encode = lambda *a, **k: tools.wire().Encoded(b'af8 \\1\\2' + bytes(7), b'')"),
        (_NOT_A_REPLY,),
    ),
    Hostile(
        "patched channel",
        "answer for every call",
        does("tools.session().channel.send = lambda *a: None"),
        ("timeout",),
        only=("full",),
    ),
    # -- helpers that the parent answers -------------------------------------------------
    Hostile("helper", "nothing: a helper is answered", does("assert helped(2.0) == 80.0"), ("right",)),
    Hostile(
        "helper asked without end",
        "keep the parent busy",
        does("while True:\n        try: helped(1.0)\n        except Exception: pass"),
        ("timeout",),
        only=FULL,
    ),
    Hostile("helper of 10**6 by 10**6", "make the parent allocate", does("helped(10**6, 10**6)"), ("raised RuntimeError",)),
    Hostile("helper of 4 GB", "make the parent allocate", does("helped(2**14, 2**15)"), ("raised RuntimeError",)),
    Hostile("helper that never returns", "make the parent loop", does("helped(1, 1, 1)"), ("timeout",), only=("full",)),
    Hostile(
        "two questions, one answer read",
        "leave an answer for the next question",
        does("tools.send(b'C', tools.packed(('helped', (1.0,), {}, 1)))\n    assert helped(2.0) == 40.0"),
        ("right then raised AssertionError",),
    ),
    Hostile(
        "a question after the last reply",
        "keep asking when the function is done",
        does(
            "question = tools.packed(('helped', (1.0,), {}, 1))\n"
            "    class Last:\n        def __del__(self): tools.send(b'C', question)\n"
            "    tools.session().bindings.given = {'x': Last()}\n    tools.session().channel.send = Send(tools.session().channel.send, question)",
        ).replace(
            "def target",
            "class Send:\n    def __init__(self, send, question): self.send, self.question = send, question\n"
            "    def __call__(self, kind, *parts):\n        kind == b'D' and self.send(b'C', self.question)\n"
            "        self.send(kind, *parts)\n\ndef target",
        ),
        (_NOT_A_REPLY, "right then " + _NOT_A_REPLY),
    ),
    Hostile(
        "helper kept for another function",
        "ask it later, in another's name",
        "kept = []\n\ndef target(A):\n    kept.append(helped)\n    return 3 * A.sum(axis=1)\n\n"
        "def other(A):\n    return A + kept[0](0.025)\n",
        ("right",),
        other=("raised NameError", "raised RuntimeError"),  # it is bound for the plans of one function
    ),
    Hostile("helper with nan", "an answer that is none", does("assert np.isnan(helped(np.nan))"), ("right",)),
    Hostile(
        "helper with 100,000 arguments",
        "a long question",
        does("helped(*range(10**5))"),
        ("right",),
    ),
    Hostile("helper with names", "another question", does("helped(x=1.0)"), ("raised RuntimeError",)),
    Hostile("helper with a text", "a number that is none", does("helped('x' * 10**6)"), ("raised WireError",)),
    Hostile(
        "helper with a deep list",
        "a deep question",
        does("x = 1.0\n    for _ in range(40): x = [x]\n    helped(x)"),
        ("raised WireError",),
    ),
    Hostile(
        "helper asked by itself",
        "an endless question",
        does("class X(list): pass\n    helped(X([helped, helped]))"),
        ("raised RuntimeError",),
    ),
    Hostile(
        "thousands of questions at once",
        "have them all answered before anybody looks at the clock",
        does(
            "frame = struct.pack('<IB', len(q := tools.packed(('helped', (1.0,), {}, 1))), 67) + q\n    while True: os.write(tools.descriptor(), frame * 3000)"
        ),
        ("timeout", _NOT_A_REPLY),
        only=("full",),
    ),
    Hostile("helper with an object", "run code in the parent", does("helped(object())"), ("raised RuntimeError",)),
    Hostile(
        "helper with a list in itself",
        "endless argument",
        does("x = []\n    x.append(x)\n    helped(x)"),
        ("raised WireError",),
    ),
    Hostile(
        "helper of another name",
        "call something else in the parent",
        does(
            "tools.send(b'C', tools.packed(('__import__', ('os',), {})))\n"
            "    if tools.session().channel.receive()[0] != b'X': tools.found('another function')"
        ),
        ("right",),
    ),
    Hostile(
        "malformed question to a helper",
        "crash the parent",
        does(
            "for body in (b'', b'xxx', tools.packed([]), tools.packed(1), tools.packed(([], (), {})), tools.packed(('helped', 1, 1))):\n"
            "        tools.send(b'C', body)\n"
            "        if tools.session().channel.receive()[0] != b'X': tools.found('an answer')"
        ),
        ("right",),
    ),
    Hostile(
        "questions to helpers without reading",
        "block the parent",
        does("for _ in range(10**9): tools.send(b'C', tools.packed(('helped', (np.zeros(10**5),), {}, 1)))"),
        ("timeout",),
        only=FULL,
    ),
)
