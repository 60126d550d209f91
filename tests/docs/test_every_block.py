"""No page shows a newcomer anything that nobody has tried: each block is run or checked by a test,
or excused here.

Blocks are named by their page and the first words of their first line.
"""

import ast
from itertools import chain

import pytest

from crowd import paths
from tests.docs.page import Block, blocks_of
from tests.docs.test_library_pages import PAGES

README, SERVICE = "tests/journeys/test_readme.py", "tests/docs/test_service_pages.py"
PROGRAM = f"{README}::test_program_is_served_by_the_commands_of_the_readme_and_the_files_of_the_docs"
LIBRARY = f"{README}::test_library_and_command_line_do_what_the_readme_shows"
COPY = "tests/journeys/test_backup.py::test_copy_of_a_running_service_starts_as_another"
WATCHED = "tests/journeys/test_simulation_page.py::test_a_reader_watches_the_demo_and_then_has_a_project_labelled"
PROXIES = f"{SERVICE}::test_nginx_of_the_journeys_sends_what_the_page_tells_it_to"

TRIED = {
    ("README.md", "./script/manage simulate"): WATCHED,
    ("README.md", "export KEY="): PROGRAM,
    ("README.md", "api -H"): PROGRAM,
    ("README.md", "python -m quality aggregate"): LIBRARY,
    ("README.md", "from quality.aggregation import"): LIBRARY,
    ("README.md", "./script/manage backup"): COPY,
    ("README.md", "CROWD_DATA_DIR=~/crowd-backup ./script/server"): COPY,
    ("docs/adaptive-redundancy.md", '{"policy"'): f"{SERVICE}::test_a_replay_is_asked_for_as_shown",
    ("docs/data-in.md", "external_id,text,gold"): PROGRAM,
    ("docs/data-in.md", '{"external_id"'): PROGRAM,
    ("docs/data-in.md", "birds.zip"): f"{SERVICE}::test_a_zip_as_shown_brings_its_folders_as_known_answers",
    ("docs/data-in.md", "pairs.zip"): f"{SERVICE}::test_a_zip_with_a_table_as_shown_brings_a_task_of_two_pictures",
    ("docs/data-in.md", "external_id,left,right"): (
        f"{SERVICE}::test_a_zip_with_a_table_as_shown_brings_a_task_of_two_pictures"
    ),
    ("docs/data-in.md", '{"tasks"'): f"{SERVICE}::test_a_task_names_its_picture_as_shown",
    ("docs/data-in.md", "task,worker,answer"): PROGRAM,
    ("docs/data-in.md", '{"text"'): f"{SERVICE}::test_comparisons_and_votes_on_them_are_sent_as_shown",
    ("docs/data-in.md", "a,b,worker,answer"): f"{SERVICE}::test_comparisons_and_votes_on_them_are_sent_as_shown",
    ("docs/data-in.md", "worker,task,answer"): f"{SERVICE}::test_spans_are_sent_as_shown",
    ("docs/data-in.md", '{"model"'): PROGRAM,
    ("docs/predictions.md", "POST"): f"{SERVICE}::test_predictions_are_sent_as_shown",
    (
        "docs/proxies.md",
        "HTTPS=1",
    ): f"{SERVICE}::test_settings_behind_a_proxy_mean_what_the_page_says",
    ("docs/proxies.md", "server {"): PROXIES,
    ("docs/proxies.md", "crowd.example.org {"): PROXIES,
    ("docs/simulation.md", "./script/manage simulate"): WATCHED,
    ("docs/webhooks.md", "POST"): "tests/crowd/webhooks/test_page.py::test_an_event_arrives_in_the_form_that_is_shown",
    ("docs/webhooks.md", "import base64"): (
        "tests/crowd/webhooks/test_signatures.py::test_the_recipe_refuses_what_was_forged_altered_or_recorded_long_ago"
    ),
}
"""Which test runs or checks a block. Those of `PAGES` are all run, in their order."""

EXCUSED = {
    (
        "README.md",
        "./script/server",
    ): "never ends: journeys start what it starts, and test_scripts.py runs the script",
    ("README.md", "./script/test"): "is what runs this test",
}
RUN = ("", "sh", "bash", "python", "text")
"""What the runner of whole pages runs, or holds against what was printed."""


def shown() -> list[tuple[str, Block]]:
    pages = [paths.ROOT / "README.md", paths.ROOT / "CONTRIBUTING.md", *sorted((paths.ROOT / "docs").glob("*.md"))]
    return [(str(page.relative_to(paths.ROOT)), block) for page in pages for block in blocks_of(page.read_text())]


def names_of(page: str, block: Block) -> list[tuple[str, str]]:
    """The names in the tables that mean this block."""
    return [(where, first) for where, first in chain(TRIED, EXCUSED) if where == page and block.text.startswith(first)]


@pytest.mark.parametrize(("page", "block"), [pytest.param(*each, id=f"{each[0]}:{each[1].line}") for each in shown()])
def test_block_is_run_or_checked_by_a_test_or_excused(page: str, block: Block) -> None:
    if page in PAGES:
        assert block.language in RUN
    else:
        assert len(names_of(page, block)) == 1, f"no test is named here for {block.text.splitlines()[0]!r}"


def test_every_name_means_one_block_and_every_test_is_there() -> None:
    meant = [name for page, block in shown() for name in names_of(page, block)]

    assert sorted(meant) == sorted([*TRIED, *EXCUSED])
    missing = [test for test in TRIED.values() if not is_there(*test.split("::"))]
    assert missing == []


def is_there(path: str, name: str) -> bool:
    file = paths.ROOT / path
    tree = ast.parse(file.read_text())
    return any(isinstance(node, ast.FunctionDef) and node.name == name for node in tree.body)
