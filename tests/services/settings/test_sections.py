import pytest

from services.errors import ConfigurationError
from services.settings.config import Settings, load_settings


def written(tmp_path, text):
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_from_before_tickets_stays_valid(tmp_path):
    settings = load_settings(written(tmp_path, "language: en\n"))
    assert settings.backoffice.enabled
    assert settings.backoffice.ticket_types == []
    assert settings.merged.attribute == "Merged"
    assert settings.rules().ticket_age_seconds == 5 * 86400


def test_the_age_reaches_the_measures():
    settings = Settings.model_validate({"backoffice": {"age_days": 2.5}})
    assert settings.rules().ticket_age_seconds == 216_000


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("backoffice: {age_days: 0}", "backoffice.age_days = 0"),
        ("backoffice: {ticket_types: [301]}", "backoffice.ticket_types.0 = 301"),
        ("backoffice: {ticket_types: ['  ']}", "must not be empty"),
        ("backoffice: {attributes: {cor: x}}", "allowed here: platform, severity, company"),
        ("backoffice: {ticket_url: 'http://x/{id}'}", "backoffice.ticket_url"),
        ("backoffice: {status_phrase: ''}", "backoffice.status_phrase"),
        ("merged: {tags: merged}", "merged.tags = 'merged'"),
        ("merged: {tag: []}", "allowed here: attribute, tags, destination"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path, text, named):
    with pytest.raises(ConfigurationError, match=r"config\.yaml") as caught:
        load_settings(written(tmp_path, text))
    assert named in str(caught.value)
