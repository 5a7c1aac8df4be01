"""Whom the claims of a provider let in, and as what."""

from typing import Any

import pytest

from services.errors import ServiceError
from services.runtime.backend import Backend
from services.runtime.oidc_accounts import (
    NotAdmittedError,
    Person,
    admit,
    lacks_claims,
    read_claim,
    read_person,
)
from services.settings.config import Settings
from services.settings.decisions import Decisions
from services.settings.sections import OidcSetting

CLAIMS = {"email": " Ana@Example.com ", "email_verified": True, "name": "Ana"}


def setting(**values):
    given = {"issuer": "https://id.example.com", "client_id": "vigia", **values}
    return OidcSetting.model_validate(given)


GROUPS = {"role_claim": "realm.roles", "roles": {"boss": "manager", "team": "analyst"}}


@pytest.fixture
def backend(store):
    dataset: Any = None
    return Backend(Decisions(store, Settings()), store, store, dataset, lambda: 1.8e9)


def test_a_claim_is_found_by_its_name_or_by_the_way_to_it():
    assert read_claim({"a.b": 1, "a": {"b": 2}}, "a.b") == 1
    assert read_claim({"a": {"b": 2}}, "a.b") == 2
    assert read_claim({"a": "text"}, "a.b") is None


def test_a_person_is_an_e_mail_a_name_and_the_greatest_role():
    claims = {**CLAIMS, "realm": {"roles": ["team", "boss", 7]}}
    assert read_person(claims, setting(**GROUPS)) == Person("ana@example.com", "Ana", "manager")
    assert read_person({**CLAIMS, "name": None}, setting()) == Person(
        "ana@example.com", "ana", None
    )


@pytest.mark.parametrize(
    ("claims", "values", "reason"),
    [
        ({"email": None}, {}, "no_email"),
        ({"email_verified": False}, {}, "unverified"),
        ({}, {"email_domains": ["example.org"]}, "domain"),
        ({"hd": "other"}, {"required_claims": {"hd": "example.com"}}, "not_mapped"),
    ],
)
def test_who_does_not_fit_is_not_let_in(claims, values, reason):
    with pytest.raises(NotAdmittedError, match=reason) as caught:
        read_person({**CLAIMS, **claims}, setting(**values))
    assert isinstance(caught.value, ServiceError)


def test_what_is_asked_for_and_absent_is_lacking():
    assert not lacks_claims(CLAIMS, setting())
    assert lacks_claims(CLAIMS, setting(**GROUPS))
    assert lacks_claims({"email": "a@example.com"}, setting())


def test_an_account_is_made_and_later_given_the_role_of_the_mapping(backend):
    person = Person("ana@example.com", "Ana", "analyst")
    assert not admit(person, setting(**GROUPS), backend).has_password
    backend.accounts.add("boss@example.com", "B", "manager", "correct horse battery")
    assert admit(Person("ana@example.com", "Ana", "manager"), setting(**GROUPS), backend).role == (
        "manager"
    )
    assert {entry.about["did"] for entry in backend.audit.list_entries()} == {"added", "role"}


def test_without_a_role_or_the_right_to_an_account_nobody_comes_in(backend):
    with pytest.raises(NotAdmittedError, match="not_mapped"):
        admit(Person("ana@example.com", "Ana", None), setting(**GROUPS), backend)
    with pytest.raises(NotAdmittedError, match="no_account"):
        admit(
            Person("ana@example.com", "Ana", "analyst"),
            setting(**GROUPS, create_accounts=False),
            backend,
        )


def test_the_last_manager_keeps_the_role(backend):
    backend.accounts.add("ana@example.com", "Ana", "manager", "correct horse battery")
    demoted = admit(Person("ana@example.com", "Ana", "analyst"), setting(**GROUPS), backend)
    assert demoted.role == "manager"
