"""Classes of a project that get another name, or become part of another class. Answers are stored
by numbers, so that a new name changes none of them."""

from collections.abc import Sequence
from typing import Any, cast

from django.db import transaction
from django.utils.translation import gettext as _

from crowd.errors import CrowdError
from crowd.people.models import User, audit
from crowd.projects.answer_kinds import kind_of
from crowd.projects.class_fields import checked_name, refuse_look_alikes
from crowd.projects.class_names import class_called
from crowd.projects.classes import Schema, by_number, class_names, merged_numbers, number_called
from crowd.projects.models import Project

Merged = dict[int, int]  # number → the number it becomes


class NoClasses(CrowdError):
    status, code = 409, "no_classes"


class NoSuchClass(CrowdError):
    status, code = 400, "no_such_class"


class ClassTaken(CrowdError):
    status, code = 409, "class_taken"


def _class_in(schema: Schema, name: str, field: str) -> str:
    """The class of this name as it is written. Raises NoSuchClass, which says what became of it."""
    names = class_names(schema)
    called = class_called(name, names)
    if called is not None:
        return called
    number = number_called(name, schema)
    if number is None:
        message = _("There is no class {name}. The classes are: {classes}.")
        detail = message.format(name=name[:100], classes=", ".join(names)[:300])
    else:
        message = _("{name} is called {now} by now, or was merged into it.")
        detail = message.format(name=name, now=by_number(schema)[number]["name"])
    raise NoSuchClass(detail, errors=[{"field": field, "code": NoSuchClass.code, "detail": detail}])


def _locked_with_classes(project: Project) -> Project:
    """Raises NoClasses where answers aren't made of classes."""
    project = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    if "classes" not in project.schema:
        raise NoClasses(_("The answers of this project are not made of classes."))
    return project


@transaction.atomic
def rename_class(*, project: Project, actor: User, name: str, to: str) -> Project:
    """Give a class another name; it is still found by the one before. Raises NoClasses,
    NoSuchClass, ClassTaken; ValidationError for what can't be a name."""
    project = _locked_with_classes(project)
    schema: Schema = project.schema
    before, after = _class_in(schema, name, "class"), checked_name(to)
    if before == after:
        return project
    others = [each for each in class_names(schema) if each != before]
    if after in others:
        detail = _("There is a class {name} already. To make one of two, merge them.").format(name=after)
        raise ClassTaken(detail, errors=[{"field": "to", "code": ClassTaken.code, "detail": detail}])
    refuse_look_alikes([after], others)
    project.schema = renamed(schema, before, after)
    project.save(update_fields=["schema"])
    audit(actor, "class.renamed", project.slug, **{"class": before, "to": after})
    return project


def renamed(schema: Schema, before: str, after: str) -> Schema:
    """The stored schema in which a class has another name."""
    classes = [{**each, "name": after} if each["name"] == before else each for each in schema["classes"]]
    number = next(each["number"] for each in schema["classes"] if each["name"] == before)
    former = {name: of for name, of in schema.get("former", {}).items() if name != after}
    return _with(schema, classes, former | {before: number}, merged_numbers(schema))


@transaction.atomic
def take_into(*, project: Project, actor: User, names: Sequence[str], into: str) -> tuple[Project, Merged]:
    """Make classes part of another one, at once for whoever reads and answers; says which numbers
    become which. What is stored under those numbers is for a job to change. Raises NoClasses,
    NoSuchClass; ValidationError where too few would be left."""
    project = _locked_with_classes(project)
    schema: Schema = project.schema
    target = _class_in(schema, into, "into")
    gone = [called for name in dict.fromkeys(names) if (called := _class_in(schema, name, "classes")) != target]
    if not gone:
        detail = _("Name at least one class besides the one they are merged into.")
        raise NoSuchClass(detail, errors=[{"field": "classes", "code": NoSuchClass.code, "detail": detail}])
    after, numbers = merged(schema, gone, target)
    _refuse_too_few(project, after)
    project.schema = after
    project.policy_revision += 1
    project.save(update_fields=["schema", "policy_revision"])
    audit(actor, "classes.merged", project.slug, classes=gone, into=target)
    return project, numbers


def merged(schema: Schema, names: Sequence[str], into: str) -> tuple[Schema, Merged]:
    """The stored schema in which classes are part of another one, and what their numbers become."""
    target = number_called(into, schema)
    if target is None:
        raise KeyError(into)
    numbers = {each["number"]: target for each in schema["classes"] if each["name"] in names}
    past = {number: numbers.get(of, of) for number, of in merged_numbers(schema).items()}
    former = {name: numbers.get(of, of) for name, of in schema.get("former", {}).items()}
    former |= {each["name"]: target for each in schema["classes"] if each["name"] in names}
    kept = [each for each in schema["classes"] if each["name"] not in names]
    return _with(schema, kept, former, past | numbers), numbers


def _with(schema: Schema, classes: Sequence[Any], former: dict[str, int], numbers: Merged) -> Schema:
    changed: Any = {**schema, "classes": list(classes), "former": former}
    if numbers:
        changed["merged"] = {str(number): of for number, of in numbers.items()}
    return cast(Schema, changed)


def _refuse_too_few(project: Project, after: Schema) -> None:
    """The kind of answer says how many classes it takes."""
    rules = kind_of(project).schema.serializer
    rules(data=rules().to_representation(after), context={"project": project}).is_valid(raise_exception=True)
