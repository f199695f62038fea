// The grader in a browser's Python under node, as far as it goes without NumPy, whose wheel for Pyodide no index has:
// `make pyodide`. Every file compiles without a warning, and what needs no NumPy runs.
import fs from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, ...wheels] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/node_modules/pyodide/pyodide.mjs`));
const python = await loadPyodide();
for (const wheel of wheels) {
  python.unpackArchive(new Uint8Array(fs.readFileSync(wheel)), "wheel", { extractDir: "/packages" });
}
python.runPython(`
import os, sys, time, warnings
from pathlib import Path

sys.path.insert(0, "/packages")
warnings.simplefilter("error")
files = sorted(Path("/packages/grader").rglob("*.py"))
for path in files:
    compile(path.read_text("utf-8"), str(path), "exec")
print(f"Python {sys.version.split()[0]} on {sys.platform}: {len(files)} files compile without a warning")
print("time.thread_time:", hasattr(time, "thread_time"))

from grader.cli.main import main
from grader.sandbox import limits

assert limits.is_browser() and not limits.can_confine()
for words in (["--version"], ["--help"], ["gradee"]):
    try:
        main(words)
    except SystemExit as stop:
        print("$ grader", *words, "-> status", stop.code)
`);
