"""Hooks, the action and the documented snippets, run as pre-commit, GitHub and GitLab would run them."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.conftest import environment
from tests.outputs.parse import commands_of, of_sarif, suites_of
from tests.support import FIXTURES, ROOT, build_package, text_block

HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
SNIPPETS = [
    yaml.load(text, yaml.BaseLoader)  # noqa: S506 - so that `on` stays a word
    for text in re.findall(r"(?s)```yaml\n(.*?)```", (ROOT / "docs" / "outputs.md").read_text("utf-8"))
]
GITHUB, GITLAB, PRE_COMMIT = SNIPPETS

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="CI runs its steps in bash")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with a sound vault, package and workspace in it."""
    place = tmp_path / "my repo"
    (place / "exports").mkdir(parents=True)
    shutil.copytree(FIXTURES / "sample-vault", place / "Vault")
    note = {"noteId": "n1", "title": "One", "blocks": [text_block("x")]}
    build_package(place / "exports" / "a b.mnemo", {"notes": [note]})
    properties = {"id": "20240101120000-abcdefg", "title": "One", "updated": "20240101120000"}
    document = {"ID": properties["id"], "Spec": "2", "Type": "NodeDocument", "Properties": properties}
    book = place / "Workspace" / "data" / "20240101115900-bcdefgh"
    (book / ".siyuan").mkdir(parents=True)
    (book / ".siyuan" / "conf.json").write_text('{"name":"Book","closed":false}', encoding="utf-8")
    (book / "20240101120000-abcdefg.sy").write_text(json.dumps(document), encoding="utf-8")
    return place


def break_vault(project: Path) -> None:
    (project / "Vault" / "Bad, 100%: note.md").write_text("See [[Nowhere]].\n", encoding="utf-8")


def break_package(project: Path) -> None:
    (project / "exports" / "torn.mnemo").write_bytes(b"PK\x03\x04 and no more")


def break_workspace(project: Path) -> None:
    book = project / "Workspace" / "data" / "20240101115900-bcdefgh"
    (book / "20240101120001-abcdefg.sy").write_text("{", encoding="utf-8")


BREAKS = {"validate-mnemo": break_package, "validate-siyuan": break_workspace, "check-vault-links": break_vault}


def tools(tmp_path: Path) -> dict[str, str]:
    """An environment with the program where the action installs it, and on the path; `pip` does nothing."""
    folder = tmp_path / "temp" / "mnemo-converter" / "bin"
    folder.mkdir(parents=True)
    for name, line in (("mnemo-converter", f'exec {shlex.quote(sys.executable)} -m converter "$@"'), ("pip", "exit 0")):
        (folder / name).write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    return environment(PATH=f"{folder}{os.pathsep}{os.environ['PATH']}", RUNNER_TEMP=str(tmp_path / "temp"))


def called(command: list[str], folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, encoding="utf-8")


def run_hook(hook: dict[str, Any], project: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """As pre-commit does: entry, args, and the files of the repository that the hook is for."""
    files = [path.relative_to(project).as_posix() for path in sorted(project.rglob("*")) if path.is_file()]
    wanted = [name for name in files if re.search(hook["files"], name)]
    assert wanted
    names = wanted if hook.get("pass_filenames", True) else []
    return called([*shlex.split(hook["entry"]), *hook.get("args", []), *names], project, env)


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_passes_and_fails(name: str, project: Path, tmp_path: Path) -> None:
    (configured,) = [hook for hook in PRE_COMMIT["repos"][0]["hooks"] if hook["id"] == name]
    hook, env = HOOKS[name] | configured, tools(tmp_path)
    assert hook["language"] == "python"

    good = run_hook(hook, project, env)
    assert (good.returncode, good.stdout, good.stderr) == (0, "", "")

    BREAKS[name](project)
    bad = run_hook(hook, project, env)
    assert bad.returncode in (1, 3)
    assert bad.stdout + bad.stderr


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("---\ntitle: [a\n---\nNo front matter.\n", 0),
        ("A heading of [[Ideas#No such heading]].\n", 0),
        ("[[Nowhere]]\n", 1),
        ("[a file](nowhere.pdf)\n", 1),
        ("![[gone.png]]\n", 1),
        ("![a picture](gone.png)\n", 1),
    ],
)
def test_links_that_lead_nowhere_fail_and_nothing_else(text: str, code: int, project: Path, tmp_path: Path) -> None:
    (project / "Vault" / "Ideas.md").write_text("# One\n", encoding="utf-8")
    (project / "Vault" / "Odd.md").write_text(text, encoding="utf-8")
    (project / "Vault" / "unused.png").write_bytes(b"x")

    ended = run_hook(HOOKS["check-vault-links"] | {"args": ["Vault"]}, project, tools(tmp_path))

    assert ended.returncode == code, ended.stdout + ended.stderr
    assert ("Odd.md" in ended.stdout) == bool(code)


def test_the_hook_can_be_asked_for_places_too(project: Path, tmp_path: Path) -> None:
    (args,) = re.findall(r"`args: \[(--select, .*?)\]`", (ROOT / "docs" / "outputs.md").read_text("utf-8"))
    (project / "Vault" / "Ideas.md").write_text("# One\n[[Ideas#Two]]\n", encoding="utf-8")

    ended = run_hook(HOOKS["check-vault-links"] | {"args": args.split(", ")}, project, tools(tmp_path))

    assert ended.returncode == 1
    assert "link-place-missing" in ended.stdout


def test_examples_name_the_repository_that_the_project_names() -> None:
    urls = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"].get("urls", {})
    repository = next((url for name, url in urls.items() if name.lower() in ("repository", "source")), None)
    named = {PRE_COMMIT["repos"][0]["repo"], f"https://github.com/{GITHUB['jobs']['notes']['steps'][-1]['uses']}"}

    assert {name.partition("@")[0] for name in named} == {repository or "https://github.com/OWNER/mnemo-converter"}


def test_every_hook_is_documented() -> None:
    assert [hook["id"] for hook in PRE_COMMIT["repos"][0]["hooks"]] == list(HOOKS)


def run_step(name: str, given: dict[str, str], project: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """As GitHub does: inputs with their defaults in the step's environment, then `bash` on a file."""
    (step,) = [step for step in ACTION["runs"]["steps"] if step["name"] == name]
    assert "${{" not in step["run"]
    known = {f"inputs.{key}": str(entry.get("default", "")) for key, entry in ACTION["inputs"].items()}
    known |= {f"inputs.{key}": value for key, value in given.items()} | {"github.action_path": str(ROOT)}
    assert set(given) <= set(ACTION["inputs"])
    filled = {
        key: re.sub(r"\$\{\{ (\S+) \}\}", lambda match: known[match[1]], value) for key, value in step["env"].items()
    }
    script = Path(env["RUNNER_TEMP"]) / "step.sh"
    script.write_text(step["run"], encoding="utf-8")
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)]
    return called(command, project, env | filled | {"GITHUB_WORKSPACE": str(project), "GITHUB_ACTIONS": "true"})


def documented() -> dict[str, str]:
    step = GITHUB["jobs"]["notes"]["steps"][-1]
    given: dict[str, str] = step["with"]
    return given


def test_the_action_annotates(project: Path, tmp_path: Path) -> None:
    env = tools(tmp_path)
    good = run_step("Validate", documented(), project, env)
    assert (good.returncode, good.stderr) == (0, "")

    break_vault(project)
    bad = run_step("Validate", documented(), project, env)
    assert bad.returncode == 1
    told = {properties["title"]: properties for level, properties, _ in commands_of(bad.stdout) if level == "warning"}
    assert told["link-missing"]["file"] == "Vault/Bad, 100%: note.md"


def test_the_action_writes_sarif(project: Path, tmp_path: Path) -> None:
    env = tools(tmp_path)
    break_package(project)

    ended = run_step("Validate", documented() | {"sarif": "out.sarif", "fail-on": "error"}, project, env)

    assert (ended.returncode, ended.stdout) == (1, "")
    text = (project / "out.sarif").read_text(encoding="utf-8")
    assert of_sarif(text)["source-refused"] == 1
    uris = re.findall(r'"uri": "([^"]*torn[^"]*)"', text)
    assert uris == ["exports/torn.mnemo"]


def test_what_is_given_to_the_action_is_no_code(project: Path, tmp_path: Path) -> None:
    given = {"sources": "$(touch owned)\n`touch owned`; touch owned\n--help", "args": "$(touch owned) ; touch owned"}

    ended = run_step("Validate", given, project, tools(tmp_path))

    assert ended.returncode != 0
    assert not (project / "owned").exists()


@pytest.mark.parametrize(("version", "wanted"), [("", str(ROOT)), ("0.1.0", "mnemo-converter==0.1.0")])
def test_the_action_installs_itself_or_a_version(version: str, wanted: str, project: Path, tmp_path: Path) -> None:
    env = tools(tmp_path)
    folder = Path(env["RUNNER_TEMP"]) / "mnemo-converter" / "bin"
    for name in ("python", "python3"):
        (folder / name).write_text('#!/bin/sh\nfor word; do echo "$word"; done\n', encoding="utf-8")
        (folder / name).chmod(0o755)

    ended = run_step("Install mnemo-converter", {"version": version}, project, env)

    assert ended.returncode == 0
    words = ended.stdout.splitlines()
    assert words[:3] == ["-m", "venv", str(folder.parent)]
    assert words[3:6] == ["-m", "pip", "install"]
    assert words[-1] == wanted


def test_the_snippet_for_gitlab(project: Path, tmp_path: Path) -> None:
    env = tools(tmp_path)
    break_package(project)
    script = "\n".join(GITLAB["notes"]["script"])

    ended = called(["bash", "-eo", "pipefail", "-c", script], project, env)

    assert ended.returncode == 1
    suites = suites_of((project / GITLAB["notes"]["artifacts"]["reports"]["junit"]).read_text(encoding="utf-8"))
    assert [suite.get("name") for suite in suites] == ["Vault", "exports/a b.mnemo", "exports/torn.mnemo"]
    assert [suite.get("failures") for suite in suites] == ["0", "0", "1"]
