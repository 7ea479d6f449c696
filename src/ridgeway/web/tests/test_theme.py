import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from ridgeway.errors import SettingsError
from ridgeway.settings import Mode, Settings, WebSettings
from ridgeway.web.commands import web
from ridgeway.web.theme import list_theme_files, list_theme_urls


def settings_with(folder, theme):
    web = WebSettings(secret_key="a secret of tests")
    return Settings(mode=Mode.LAB, state_dir=folder, web=replace(web, theme=folder / theme) if theme else web)


def test_without_a_theme_the_pages_have_the_look_of_the_house(tmp_path):
    assert list_theme_urls(settings_with(tmp_path, "")) == ()
    assert list_theme_files(settings_with(tmp_path, "")) == {}


def test_one_file_is_a_theme_and_its_address_changes_with_it(tmp_path):
    sheet = tmp_path / "ours.css"
    sheet.write_text(":root { --color-brand: #123456; }", "utf-8")
    settings = settings_with(tmp_path, "ours.css")
    [first] = list_theme_urls(settings)
    assert first.startswith("/static/theme/theme.css?v=")
    assert list_theme_files(settings) == {"/static/theme/theme.css": sheet}
    sheet.write_text(":root { --color-brand: #654321; }", "utf-8")
    assert list_theme_urls(settings) != (first,)


def test_a_folder_is_a_theme_with_all_that_lies_in_it(tmp_path):
    folder = tmp_path / "theme"
    (folder / "images").mkdir(parents=True)
    (folder / "theme.css").write_text("", "utf-8")
    (folder / "images" / "arms.svg").write_text("<svg/>", "utf-8")
    (folder / ".secret").write_text("", "utf-8")
    assert list_theme_files(settings_with(tmp_path, "theme")) == {
        "/static/theme/images/arms.svg": folder / "images" / "arms.svg",
        "/static/theme/theme.css": folder / "theme.css",
    }


@pytest.mark.parametrize("theme", ["missing.css", "empty"])
def test_a_theme_that_is_not_there_is_said_at_the_start(tmp_path, theme):
    (tmp_path / "empty").mkdir()
    with pytest.raises(SettingsError, match=r"web\.theme is"):
        list_theme_urls(settings_with(tmp_path, theme))


def judge(settings, *arguments):
    return CliRunner().invoke(web, ["theme", *arguments], obj=settings)


def test_the_operator_is_told_which_colours_cannot_be_read(tmp_path):
    assert judge(settings_with(tmp_path, "")).output == "Every pair of colours can be read.\n"
    (tmp_path / "pale.css").write_text(":root { --color-ink: #999; }", "utf-8")
    told = judge(settings_with(tmp_path, "pale.css"))
    assert told.exit_code == 1
    assert "light: --color-ink on --color-page has 2.85 to 1 and needs 4.5 to 1." in told.output
    rows = json.loads(judge(settings_with(tmp_path, ""), "--json", str(tmp_path / "pale.css")).output)
    assert {"scheme": "light", "ink": "ink", "paper": "page"}.items() <= rows[0].items()
