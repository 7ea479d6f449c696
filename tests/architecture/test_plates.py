"""Each service is whole: its plate says what it has, and what it says is there."""

import importlib
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils.module_loading import import_string

from ridgeway.office.people.roles import MANAGE_PEOPLE, READ_AUDIT
from ridgeway.services import Service, installed

SERVICES = Path(importlib.import_module("ridgeway.services").__file__ or "").parent
PLATES = [pytest.param(plate, id=name) for name, plate in installed().items()]
EVERY_SERVICE_HAS = ("service.py", "states.py", "README.md", "tests", "migrations", "templates", "locale")


def test_every_folder_that_holds_a_plate_is_found():
    assert sorted(installed()) == sorted(file.parent.name for file in SERVICES.glob("*/service.py"))


@pytest.mark.parametrize("plate", PLATES)
def test_a_service_is_one_whole_folder(plate: Service):
    folder = SERVICES / plate.name
    assert [name for name in EVERY_SERVICE_HAS if not (folder / name).exists()] == []


@pytest.mark.parametrize("plate", PLATES)
def test_what_a_plate_names_can_be_loaded(plate: Service):
    for module in (plate.urls, plate.staff_urls, plate.notices):
        assert not module or importlib.import_module(module)
    for function in (plate.context, *plate.middleware, *(duty.function for duty in plate.duties)):
        assert not function or callable(import_string(function))


@pytest.mark.parametrize("plate", PLATES)
def test_what_is_kept_is_forgotten_by_a_duty_of_the_plate(plate: Service):
    duties = {duty.name for duty in plate.duties}
    assert plate.kept
    assert [kept for kept in plate.kept if kept.duty not in duties] == []


@pytest.mark.parametrize("plate", PLATES)
def test_every_permission_of_a_role_is_the_services_own_or_the_offices(plate: Service):
    office = {MANAGE_PEOPLE, READ_AUDIT}
    for role in plate.roles:
        assert [each for each in role.permissions if not each.startswith(f"{plate.name}.") and each not in office] == []


@pytest.mark.parametrize("plate", PLATES)
def test_the_menu_leads_to_pages_of_the_desk(plate: Service):
    for entry in plate.menu:
        assert reverse(entry.view, urlconf="ridgeway.web.desk").startswith(f"/{plate.name}/")


def test_nothing_outside_a_folder_names_its_service():
    package = SERVICES.parent
    allowed = {"lab"}  # the lab shows what there is, by name
    for name in installed():
        sources = [file for file in package.rglob("*.py") if SERVICES / name not in file.parents]
        sources = [file for file in sources if file.relative_to(package).parts[0] not in allowed]
        sources = [file for file in sources if "tests" not in file.parts]
        dotted = f"ridgeway.services.{name}"
        assert [str(file) for file in sources if dotted in file.read_text("utf-8")] == []
