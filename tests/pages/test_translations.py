"""Every text that people see can be translated."""

import re
from pathlib import Path

import pytest

from crowd.paths import ROOT

TEMPLATES = sorted(path for app in ("crowd", "tasks", "quality") for path in (ROOT / app).glob("templates/**/*.html"))
# What is left of a template is text without its tags, and without what gettext or the database
# supplies.
SUPPLIED = re.compile(
    r"{% comment %}.*?{% endcomment %}|{% blocktranslate.*?{% endblocktranslate %}|class=\"{% block width %}.*?%}\""
    r"|{% block width %}.*?{% endblock %}|{%.*?%}|{{.*?}}|<[^>]*>",
    re.DOTALL,
)
NAMES = {"Crowd", "CSV", "JSON", "Lines", "Parquet"}  # the same in every language


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_template_has_no_text_outside_gettext(template: Path) -> None:
    words = re.findall(r"[^\W\d_]{2,}", SUPPLIED.sub(" ", template.read_text()))

    assert set(words) <= NAMES


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_identifiers_in_attributes_are_written_without_separators(template: Path) -> None:
    numbers = re.findall(r"=\"[^\"]*{{ *([\w.]*\b(?:pk|version|older|next|page_number)) *}}", template.read_text())

    assert numbers == []
