"""A made-up town whose people are known by name: what its tills, shop and telephones would tell.

Everything is drawn from one seed. The shares below are what makes it hard, and are assumptions:
three in ten people live in households of two to four that share a landline, some a tablet too;
every thirtieth device changes hands with its cookie; of what a clerk types every fiftieth is
mistyped, and every tenth slip hits somebody else's. A purchase without card or address, a call from
the landline, a look at the tablet tell nobody whose they are: what they cost is in the figures.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random

IN_HOUSEHOLDS, BY_LANDLINE, WITH_TABLET, ON_TABLET = 0.3, 0.3, 0.4, 0.15
WITHOUT_CARD, WITHOUT_ACCOUNT, SECOND_ADDRESS = 0.4, 0.4, 0.2
CHANGES_HANDS, SLIP, HITS_ANOTHER = 0.033, 0.02, 0.1
BROWSES_FIRST, STAYS_ANONYMOUS, EVENTS_EACH = 0.5, 0.01, 20
Identities = Mapping[str, str]


@dataclass
class Person:
    number: int
    email: list[str]
    phone: str
    landline: str = ""
    tablet: str = ""
    loyalty: str = ""
    shop: str = ""
    devices: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Told:
    """One event: whose it is in truth, and what it says of them."""

    person: int
    identities: Identities


class Town:
    def __init__(self, seed: int, events: int) -> None:
        self._draw = Random(seed)  # noqa: S311 a town, not a secret
        self._receipts = 0
        self.people = [self._person(n) for n in range(events // EVENTS_EACH)]
        self._settle()

    def stream(self, count: int) -> Iterator[Told]:
        """Who has signed up for nothing yet only browses; a card or an account comes from that."""
        unknown = {person.number for person in self.people}
        for place in range(count):
            if self._draw.random() < CHANGES_HANDS * len(self.people) / count:
                self._hand_on()
            person = self._draw.choice(self.people)
            if person.number not in unknown:
                said = self._does_something(person, place)
            elif self._draw.random() < BROWSES_FIRST:
                said = self._browses(person, place)
            else:
                unknown.discard(person.number)
                said = self._signs_up(person)
            yield Told(person.number, said)

    def _person(self, number: int) -> Person:
        person = Person(
            number,
            [f"person{number}@mail.example"],
            phone=f"+4477009{number:05d}",
            loyalty="" if self._draw.random() < WITHOUT_CARD else f"L{7 * number:07d}",
            shop="" if self._draw.random() < WITHOUT_ACCOUNT else f"s{number}",
            devices=[f"d{number}-{n}" for n in range(self._draw.randint(1, 3))],
        )
        if person.shop and self._draw.random() < SECOND_ADDRESS:
            person.email.append(f"p{number}@work.example")
        return person

    def _settle(self) -> None:
        """Neighbours in the list are households of two to four."""
        place = 0
        while place < len(self.people):
            size = self._draw.randint(2, 4)
            home = self.people[place : place + size]
            place += size
            if self._draw.random() < IN_HOUSEHOLDS:
                tablet = self._draw.random() < WITH_TABLET
                for person in home:
                    person.landline = f"+44203{home[0].number:07d}"
                    person.tablet = f"tablet{home[0].number}" if tablet else ""

    def _hand_on(self) -> None:
        giver, taker = self._draw.sample(self.people, 2)
        if len(giver.devices) > 1:
            taker.devices.append(giver.devices.pop(0))

    def _signs_up(self, person: Person) -> Identities:
        """Where all that they go by is said at once, as on a form."""
        said = {"email": person.email[0], "phone": person.phone, "device": person.devices[0]}
        return said | _known(loyalty=person.loyalty, shop=person.shop)

    def _does_something(self, person: Person, place: int) -> Identities:
        kinds = (self._buys, self._browses, self._signs_in, self._orders, self._calls, self._clicks)
        (kind,) = self._draw.choices(kinds, weights=(20, 25, 15, 15, 8, 17))
        return kind(person, place)

    def _buys(self, person: Person, place: int) -> Identities:
        if self._draw.random() < STAYS_ANONYMOUS:
            return {"receipt": f"R{place}"}
        said = _known(loyalty=self._typed(person.loyalty, "loyalty"))
        return {"receipt": f"R{place}", **(said or {"email": self._typed_email(person)})}

    def _browses(self, person: Person, _: int) -> Identities:
        return {"device": self._device(person)}

    def _signs_in(self, person: Person, _: int) -> Identities:
        device = {"device": self._device(person)}
        return device | _known(shop=person.shop) | {"email": person.email[0]}

    def _orders(self, person: Person, place: int) -> Identities:
        said = {"cart": f"K{place}", "device": self._device(person), "phone": self._phone(person)}
        return said | {"email": person.email[-1]} | _known(shop=person.shop)

    def _calls(self, person: Person, _: int) -> Identities:
        phone = {"phone": self._phone(person)}
        return phone if self._draw.random() < 0.5 else phone | {"email": self._typed_email(person)}

    def _clicks(self, person: Person, _: int) -> Identities:
        return {"email": self._draw.choice(person.email), "device": self._device(person)}

    def _device(self, person: Person) -> str:
        if person.tablet and self._draw.random() < ON_TABLET:
            return person.tablet
        return self._draw.choice(person.devices)

    def _phone(self, person: Person) -> str:
        if person.landline and self._draw.random() < BY_LANDLINE:
            return person.landline
        return person.phone

    def _typed_email(self, person: Person) -> str:
        return self._typed(self._draw.choice(person.email), "email")

    def _typed(self, value: str, kind: str) -> str:
        """As a clerk types it."""
        if not value or self._draw.random() >= SLIP:
            return value
        if self._draw.random() < HITS_ANOTHER:
            another = self._draw.choice(self.people)
            return another.email[0] if kind == "email" else another.loyalty or value
        at = self._draw.randrange(1, len(value) - 1)
        return value[:at] + value[at + 1] + value[at] + value[at + 2 :]


def _known(**said: str) -> dict[str, str]:
    return {name: value for name, value in said.items() if value}
