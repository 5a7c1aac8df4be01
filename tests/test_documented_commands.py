"""Every command of README and API guide is run, line by line, with the sandbox as vendor."""

import sys

import pytest

from tests.worlds.documented import Shell, list_blocks


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    made = Shell(tmp_path_factory.mktemp("documented"))
    yield made
    made.end()


def test_each_line_does_what_it_is_there_for(shell):
    trying, *own = list_blocks("README.md", "sh")
    for line in trying:
        shell.run(line)
        shell.end_last()
    guide = list_blocks("docs/en/api.md", "sh")
    lines = [line for block in [*own, *guide] for line in block]
    assert len(lines) > 12
    for line in lines:
        shell.run(line)
    programs = list_blocks("docs/en/api.md", "python")
    assert programs
    for program in programs:
        shell.run_words([sys.executable, "-c", "\n".join(program)], "the guide's Python")


def test_both_readmes_have_the_same_commands():
    english, portuguese = (
        [line for block in list_blocks(path, "sh") for line in block if "account add" not in line]
        for path in ("README.md", "README.pt-BR.md")
    )
    assert english == portuguese
