"""Customers of the invented company: names, addresses of example.com, numbers nobody has."""

import random
from dataclasses import dataclass
from functools import cache

from services.sandbox.chance import generator
from services.sandbox.people import FIRST_NAMES, LAST_NAMES, email_of
from services.sandbox.texts import COMPANIES

HOW_MANY = 3000


@dataclass(frozen=True)
class Contact:
    """One customer.

    Attributes:
        id: In Intercom.
        number: Place in the list; Aircall's contact id comes from it.
        digits: Telephone number as Aircall shows it.
    """

    id: str
    number: int
    first_name: str
    last_name: str
    company: str
    email: str
    digits: str
    is_lead: bool

    @property
    def name(self) -> str:
        """In full."""
        return f"{self.first_name} {self.last_name}"


@cache
def contacts(seed: int) -> tuple[Contact, ...]:
    """All of them, most frequent first."""
    chance = generator(seed, "contacts")
    return tuple(_contact(number, chance) for number in range(HOW_MANY))


def draw(found: tuple[Contact, ...], chance: random.Random) -> Contact:
    """One of them: few come often, most come seldom."""
    return found[int(chance.random() ** 2.2 * len(found))]


def _contact(number: int, chance: random.Random) -> Contact:
    first, last = chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES)
    mailbox, host = email_of(f"{first} {last}").split("@")
    return Contact(
        id=f"{0x6500A0000000 + number * 7919:024x}",
        number=number,
        first_name=first,
        last_name=last,
        company=chance.choice(COMPANIES),
        email=f"{mailbox}{number}@{host}",
        digits=f"+55 {11 + number % 9} 5550-{(number * 37) % 9000 + 1000:04d}",
        is_lead=chance.random() < 0.12,
    )
