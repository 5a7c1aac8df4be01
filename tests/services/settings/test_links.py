import pytest

from services.settings.config import Settings
from services.settings.links import IntercomLinks, workspace_id


@pytest.mark.parametrize(
    ("configured", "meta", "expected"),
    [
        ("ours", {"app_id": "told"}, "ours"),
        (None, {"app_id": "told"}, "told"),
        (None, {}, None),
    ],
)
def test_the_configured_workspace_wins_over_the_collected_one(configured, meta, expected):
    assert workspace_id(configured, meta) == expected


def test_links_are_filled_and_cannot_be_broken_out_of():
    links = IntercomLinks(Settings(), "a/b")
    begin = "https://app.intercom.com/a/inbox/a%2Fb/inbox/conversation/"
    assert links.conversation("7?x=1") == f"{begin}7%3Fx%3D1"
    assert links.ticket("8") == f"{begin}8"


def test_without_a_workspace_there_is_no_link():
    links = IntercomLinks(Settings(), None)
    assert (links.conversation("7"), links.ticket("8")) == (None, None)
