"""A small town in seven weeks: people browse, buy, return, complain, respond, and ask for erasure.

Everything is drawn from one seed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from random import Random
from typing import Any

from hub.identity.domain.merge_record import MERGED, UNMERGED, build_merge_command
from hub.model.event import Event
from hub.model.promo_code import derive_promo_code
from tests.simulation.recording.town_catalogue import first_catalogue, second_catalogue
from tests.simulation.recording.virtual_hub import API_KEY, VirtualHub

START = datetime(2026, 10, 19, 5, tzinfo=UTC)
SECOND_CATALOGUE = START + timedelta(days=27)
END = START + timedelta(days=49)
ZONES = ("Europe/London", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Tokyo")
COUNTRIES = ("GB", "DE", "US", "IN", "JP")
TIERS = ("gold", "Silver", "basic", "")
CHANNELS = ("email", "sms", "push", "call", "letter", "whatsapp", "messenger", "x", "fax")
SKUS = ("sku-1", "sku-2", "sku-3")
LARGE_PROFILE = 1
"""The number of the person whose profile outgrows its limit."""
Properties = Mapping[str, Any]
NOTHING: Properties = {}
PRICE: Properties = {"amount": 900, "currency": "GBP"}
ONLY_REMEMBERED: Mapping[str, Properties] = {
    "cart.updated": {"cart": "k", "change": "added", "sku": "sku-2", **PRICE},
    "cart.viewed": {"cart": "k", "items": 1},
    "case.updated": {"case": "case-1", "status": "closed"},
    "checkout.started": {"checkout": "k", "items": 1, **PRICE},
    "coupon.applied": {"coupon": "TEA-2026"},
    "coupon.denied": {"coupon": "none", "reason": "over"},
    "coupon.removed": {"coupon": "TEA-2026"},
    "form.submitted": {"form": "f-1", "recommends": 9},
    "group.joined": {"group": "choir"},
    "lead.created": {"lead": "l-1"},
    "message.failed": {"message": "none", "channel": "sms", "status": "undelivered"},
    "payment.received": {"payment": "p-1", **PRICE},
    "payment.refunded": {"payment": "p-1", "refunded_so_far": 900, "currency": "GBP"},
    "product.list_viewed": {"list": "mugs", "category": "kitchen"},
    "subscription.ended": {"subscription": "s-1", "reason": "moved"},
    "subscription.started": {"subscription": "s-1", "plan": "beans", **PRICE},
    "track.poured": {"cups": 3},
}


@dataclass
class Person:
    """`orders` are (order, amount), `lines` (invoice, item, amount) that may still come back."""

    number: int
    activity: float
    orders: list[tuple[str, int]] = field(default_factory=list)
    lines: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def place(self) -> dict[str, str]:
        place = self.number % len(ZONES)
        return {"country": COUNTRIES[place], "time_zone": ZONES[place]}

    @property
    def tier(self) -> str:
        return TIERS[(self.number // 2) % len(TIERS)]

    @property
    def email(self) -> str:
        return f"person{self.number}@example.com"

    @property
    def phone(self) -> str:
        return f"+4420718{self.number:05}"

    @property
    def email_key(self) -> dict[str, str]:
        return {"email": self.email}

    @property
    def loyalty_key(self) -> dict[str, str]:
        return {"loyalty": f"T{self.number:05}"}

    @property
    def device_key(self) -> dict[str, str]:
        return {"device": f"device-{self.number}"}


Deed = Callable[[Person], None]


class Town:
    def __init__(self, hub: VirtualHub, people: int, seed: int) -> None:
        self._hub = hub
        self._draw = Random(seed)  # noqa: S311 a town, not secrets
        self._numbers = count(1)
        self._people = [Person(n, self._draw.uniform(0.15, 0.6)) for n in range(people)]
        hub.when_delivered = self._plan_response

    def play(self) -> None:
        hub = self._hub
        hub.publish(first_catalogue())
        hub.tick_hourly(START, END)
        hub.schedule_call(SECOND_CATALOGUE, lambda: hub.publish(second_catalogue()))
        self._plan_facts()
        for person in self._people:
            self._plan_life(person)
        self._plan_erasures()
        self._plan_merges()
        self._plan_busy_hours()
        hub.run_until(END)

    def _plan(self, when: datetime, deed: Deed, person: Person) -> None:
        self._hub.schedule_call(max(when, START), partial(deed, person))

    def _plan_life(self, person: Person) -> None:
        minutes = self._draw.randrange(900)
        start = START + timedelta(days=self._draw.randrange(12), minutes=minutes)
        if self._draw.random() < 0.5:
            self._plan(start - timedelta(hours=1), self._browse, person)
        self._plan(start, self._sign_up, person)
        self._plan(start + timedelta(minutes=5), self._complete_profile, person)
        day, end = start + timedelta(hours=3), END
        if person.number == LARGE_PROFILE:
            end = start + timedelta(days=14)
        deeds, weights = zip(*self._deeds(), strict=True)
        while day < end:
            if self._draw.random() < person.activity:
                (deed,) = self._draw.choices(deeds, weights)
                self._plan(day + timedelta(minutes=self._draw.randrange(1300)), deed, person)
            day += timedelta(days=1)

    def _deeds(self) -> list[tuple[Deed, int]]:
        return [
            (self._browse, 12),
            (self._sign_in, 8),
            (self._look_at_product, 14),
            (self._leave_cart, 12),
            (self._order, 14),
            (self._buy_at_till, 12),
            (self._return_item, 6),
            (self._cancel_order, 4),
            (self._complain, 7),
            (self._answer_survey, 4),
            (self._register_product, 4),
            (self._ask_for_offers, 12),
            (self._visit_store, 4),
            (self._write_message, 4),
            (self._change_preferences, 4),
            (self._do_what_is_only_remembered, 6),
            (self._load_mart_row, 5),
        ]

    def _send(
        self,
        event_type: str,
        identities: Mapping[str, str],
        properties: Properties = NOTHING,
        *,
        ago: timedelta = timedelta(),
        traits: Properties = NOTHING,
        context: Properties = NOTHING,
        source: str = "shop",
    ) -> None:
        """Some events come twice."""
        now, name = self._hub.clock(), f"{source}:{next(self._numbers)}"
        event = Event(
            id=name,
            type=event_type,
            source=source,
            occurred_at=now - ago,
            received_at=now,
            correlation_id=name,
            identities=identities,
            traits=traits,
            properties=properties,
            context=context,
        )
        self._hub.send(event)
        if self._draw.random() < 0.03:
            later = now + timedelta(minutes=7)
            self._hub.schedule_call(later, partial(self._hub.send, event))

    def _sign_up(self, person: Person) -> None:
        data = {
            "id": f"shop-{person.number}",
            "email": person.email,
            "phone": person.phone,
            "first_name": f"Person{person.number}",
            "last_name": "Baker",
            "language": "en",
            "address": person.place,
            "consents": {"newsletter": True, "service_mail": True, "service_calls": True},
        }
        if person.tier:
            number = person.loyalty_key["loyalty"]
            data["loyalty"] = {"number": number, "tier": person.tier.title()}
        created_at = self._hub.clock().isoformat()
        payload = {"type": "customer.created", "created_at": created_at, "data": data}
        self._hub.receive("shop", payload, f"sign-up-{person.number}")

    def _complete_profile(self, person: Person) -> None:
        """Gives addresses of all channels; most people consent on most channels."""
        birthday = START + timedelta(days=self._draw.randrange(60))
        consent = {
            channel: {"marketing": self._draw.random() < 0.9, "service": self._draw.random() < 0.95}
            for channel in CHANNELS
            if self._draw.random() < 0.9
        }
        contact: dict[str, Any] = {
            "push": f"arn:app/{person.number}",
            "messenger": f"m-{person.number}",
            "x": f"x-{person.number}",
            "fax": person.phone,
        }
        if person.number % 9 == 2:
            contact["preferred_channels"] = ["sms", "push"]
        traits: dict[str, Any] = {
            "contact": contact,
            "person": {
                "birthday": f"19{60 + person.number % 40}-{birthday:%m-%d}",
                "anniversary": f"2011-{birthday + timedelta(days=3):%m-%d}",
            },
            "place": {"street": "1 High Street", "city": "London", "postcode": "N1 1AA"},
            "consent": consent,
        }
        if person.number == LARGE_PROFILE:
            traits["interests"] = {f"topic_{n}": "long words " * 18 for n in range(60)}
        self._send("customer.updated", {**person.email_key, **person.device_key}, traits=traits)

    def _browse(self, person: Person) -> None:
        for number in range(self._draw.randint(1, 6)):
            self._plan(self._hub.clock() + timedelta(seconds=20 * number), self._view_page, person)

    def _view_page(self, person: Person) -> None:
        """Some clocks are late, some are ahead."""
        path = self._draw.choice(["/", "/kitchen/mugs", "/kitchen/pans", "/garden"])
        ago = timedelta(hours=self._draw.choice([0, 0, 0, 3, -2]))
        properties = {"path": path, "name": path.title()}
        self._send("page.viewed", person.device_key, properties, ago=ago)

    def _sign_in(self, person: Person) -> None:
        self._send("customer.identified", {**person.email_key, **person.device_key})
        self._look_at_product(person)

    def _look_at_product(self, person: Person) -> None:
        sku, amount = self._draw.choice(SKUS), self._draw.randrange(100, 12000)
        name = self._draw.choice([f"Mug {sku}", f"Mug {sku}", f"Pan {sku}"])
        product = {"sku": sku, "product": sku, "name": name, "category": "kitchen"}
        price = {"amount": amount, "currency": self._draw.choice(["GBP", "GBP", "EUR"])}
        self._send("product.viewed", person.device_key, {**product, **price})
        if quantity := self._draw.choice([1, 2, 2.5, "2", True, None]):
            price["quantity"] = quantity
        context = {"campaign": self._draw.choice(["autumn", "none"])}
        self._send("product.clicked", person.device_key, {**product, **price}, context=context)
        if self._draw.random() < 0.5:
            self._send("search.performed", person.device_key, {"query": "mugs"})

    def _leave_cart(self, person: Person) -> None:
        self._abandon_cart(person, self._draw.choice([900, 2500, 7000]))
        if self._draw.random() < 0.35:
            later = self._hub.clock() + timedelta(minutes=self._draw.randrange(3, 500))
            self._plan(later, self._order, person)

    def _leave_full_cart(self, person: Person) -> None:
        self._abandon_cart(person, 7000)

    def _abandon_cart(self, person: Person, amount: int) -> None:
        cart = f"cart-{next(self._numbers)}"
        properties = {
            "cart": cart,
            "amount": amount,
            "currency": "GBP",
            "items": 2,
            "url": f"https://shop.example.com/{cart}",
        }
        self._send("cart.abandoned", {**person.email_key, "cart": cart}, properties)

    def _order(self, person: Person, more: Properties = NOTHING) -> None:
        order, amount = f"order-{next(self._numbers)}", self._draw.randrange(800, 12000)
        person.orders.append((order, amount))
        currency = "GBP" if self._draw.random() < 0.85 else "EUR"
        properties = {"order": order, "amount": amount, "currency": currency, "items": 2}
        if self._draw.random() < 0.12:
            properties["coupon"] = self._draw.choice(["TEA-2026", "club 10", "nothing"])
        self._send("order.completed", person.email_key, {**properties, **more})
        if self._draw.random() < 0.3:
            self._buy_item(person, {"order": order, "line": "1"})

    def _buy_at_till(self, person: Person) -> None:
        for _ in range(self._draw.randint(1, 3)):
            self._buy_item(person)

    def _buy_item(self, person: Person, more: Properties = NOTHING) -> None:
        invoice, item = f"invoice-{next(self._numbers)}", self._draw.choice(SKUS)
        amount = self._draw.randrange(200, 3000)
        person.lines.append((invoice, item, amount))
        properties = {
            "invoice": invoice,
            "item": item,
            "quantity": 1,
            "amount": amount,
            "currency": "GBP",
        }
        if self._draw.random() < 0.3:
            day = self._hub.clock() + timedelta(days=self._draw.randrange(2, 60))
            kind = self._draw.choice(["guarantee_until", "replace_after", "end_of_life"])
            properties[kind] = f"{day:%Y-%m-%d}"
        identities = {**person.loyalty_key, "receipt": invoice}
        ago = timedelta(hours=self._draw.choice([0, 0, 0, 5, 30]))
        self._send("item.purchased", identities, {**properties, **more}, ago=ago, source="till")

    def _return_item(self, person: Person) -> None:
        """Half of the returns do not name the sale."""
        if not person.lines:
            self._buy_at_till(person)
            return
        invoice, item, amount = person.lines.pop()
        if self._draw.random() < 0.5:
            invoice = f"return-{invoice}"
        properties = {"invoice": invoice, "item": item, "quantity": 1}
        price = {"amount": amount, "currency": "GBP"}
        self._send("item.returned", person.loyalty_key, {**properties, **price}, source="till")

    def _cancel_order(self, person: Person) -> None:
        if not person.orders:
            self._order(person)
            return
        order, amount = person.orders.pop()
        if self._draw.random() < 0.5:
            self._send("order.cancelled", person.email_key, {"order": order, "reason": "customer"})
        else:
            refund = {"refund": f"refund-{order}", "amount": amount // 2, "currency": "GBP"}
            self._send("order.refunded", person.email_key, {"order": order, **refund})

    def _complain(self, person: Person) -> None:
        properties = {
            "case": f"case-{next(self._numbers)}",
            "subject": "Two cups broken",
            "severity": "P2",
            "text": "In pieces.",
        }
        self._send("complaint.filed", person.email_key, properties, source="care")

    def _answer_survey(self, person: Person) -> None:
        answers = [
            {"question": "How satisfied are you?", "number": self._draw.randint(1, 10)},
            {"question": "What do you like best?", "text": self._draw.choice(["tea", "mugs"])},
        ]
        self._send("survey.answered", person.email_key, {"survey": "s-1", "answers": answers})

    def _register_product(self, person: Person) -> None:
        today = self._hub.clock()
        days = {
            "guarantee_until": 33,
            "replace_after": self._draw.randint(2, 20),
            "end_of_life": self._draw.randint(2, 25),
        }
        dates = {name: f"{today + timedelta(days=n):%Y-%m-%d}" for name, n in days.items()}
        self._send("product.registered", person.email_key, {"item": "sku-3", **dates})

    def _ask_for_offers(self, person: Person) -> None:
        """Some visitors are not known yet."""
        customer = person.email_key
        if self._draw.random() < 0.15:
            customer = {"device": f"new-{next(self._numbers)}"}
        channel = self._draw.choice(["web", "web", "screen"])
        question = {"customer": customer, "channel": channel, "placement": "home", "limit": 2}
        answer = self._hub.answerer.serve_offers(
            {**question, "situation": {"amount": 1500}}, API_KEY
        )
        for offer in answer["offers"]:
            self._plan_responses_on_page(offer["reference"])

    def _plan_responses_on_page(self, reference: str) -> None:
        last = self._draw.choice(["", "viewed", "clicked", "accepted", "dismissed"])
        responses = [] if not last else list(dict.fromkeys(["viewed", last]))
        for number, response in enumerate(responses, 1):
            request = {"reference": reference, "response": response}
            when = self._hub.clock() + timedelta(seconds=30 * number)
            self._hub.schedule_call(
                when, partial(self._hub.answerer.record_response, request, API_KEY)
            )

    def _visit_store(self, person: Person) -> None:
        latitude = self._draw.choice([51.51, 48.2])
        store = {"store": "014", "city": "London", "latitude": latitude, "longitude": -0.1}
        identities = {**person.loyalty_key, **person.device_key}
        self._send("store.visited", identities, store, source="app")
        self._send("app.screen_viewed", person.device_key, {"name": "Home"}, source="app")

    def _write_message(self, person: Person) -> None:
        channel = self._draw.choice(["whatsapp", "sms", "messenger", "x"])
        properties = {"message": f"in-{next(self._numbers)}", "channel": channel}
        if self._draw.random() < 0.25:
            traits = {"consent": {channel: {"marketing": False}}}
            stop = {**properties, "text": "STOP", "asks": "STOP"}
            self._send("message.received", person.email_key, stop, traits=traits)
        else:
            question = {**properties, "text": "When do you open?"}
            self._send("message.received", person.email_key, question)

    def _change_preferences(self, person: Person) -> None:
        consent = {self._draw.choice(CHANNELS): {"marketing": self._draw.random() < 0.6}}
        self._send("preferences.changed", person.email_key, traits={"consent": consent})

    def _do_what_is_only_remembered(self, person: Person) -> None:
        for event_type in self._draw.sample(sorted(ONLY_REMEMBERED), 4):
            self._send(event_type, person.email_key, ONLY_REMEMBERED[event_type])

    def _load_mart_row(self, person: Person) -> None:
        through = self._hub.clock() - timedelta(days=self._draw.randint(1, 4))
        row = {
            "key": f"mart-{person.number}",
            "through": f"{through:%Y-%m-%d}",
            "count": 2 + len(person.orders),
            "spent": 9000,
            "currency": "GBP",
            "returns": 1,
        }
        self._send("mart.loaded", person.email_key, row, source="mart")

    def _plan_response(self, outcome: Mapping[str, Any]) -> None:
        """People respond to about half of the messages, some hours later."""
        properties = outcome["properties"]
        if self._draw.random() < 0.55 and "withdraws" not in properties:
            when = self._hub.clock() + timedelta(minutes=self._draw.randrange(2, 2500))
            self._hub.schedule_call(when, partial(self._respond, properties))

    def _respond(self, delivered: Properties) -> None:
        action = self._hub.ledger.actions[delivered["action_id"]]
        text = str(action.to_dict())
        person = next((one for one in self._people if one.email in text), None)
        identities = person.email_key if person else {}
        message = {"message": delivered.get("reference", ""), "channel": action.channel}
        if action.channel == "call":
            outcomes = ["reached", "sold", "callback", "declined", "no_answer"]
            call = {"call": f"call-{next(self._numbers)}", "outcome": self._draw.choice(outcomes)}
            properties = {**call, "action_id": action.id}
            self._send("call.completed", identities, properties, source="call_centre")
        elif action.channel == "email":
            self._respond_to_email(person, identities, message)
        elif action.channel in ("sms", "whatsapp", "messenger", "x"):
            kind = self._draw.choice(["delivered", "read", "received"])
            self._send(f"message.{kind}", identities, {**message, "text": "Thanks"})
        elif action.channel == "push":
            product = {"sku": "sku-1", "name": "Mug"}
            context = {"action_id": action.id}
            self._send("product.viewed", identities, product, context=context)
        if person and self._draw.random() < 0.35:
            self._convert(person, action.id)

    def _respond_to_email(
        self, person: Person | None, identities: Mapping[str, str], message: Properties
    ) -> None:
        kinds = ("opened", "clicked", "delivered", "failed", "unsubscribed", "complained")
        (kind,) = self._draw.choices(kinds, (30, 30, 10, 5, 5, 3))
        properties, traits = {"message": message["message"]}, dict(NOTHING)
        if kind == "clicked":
            properties["url"] = "https://shop.example.com"
        if kind == "failed":
            properties["permanent"] = self._draw.random() < 0.5
        if kind == "opened":
            properties["by_machine"] = self._draw.random() < 0.3
        if kind in ("unsubscribed", "complained"):
            traits = {"consent": {"email": {"marketing": False}}}
        self._send(f"email.{kind}", identities, properties, traits=traits, source="ses")
        if kind == "unsubscribed" and person and self._draw.random() < 0.7:
            self._plan(self._hub.clock() + timedelta(days=3), self._subscribe_again, person)

    def _subscribe_again(self, person: Person) -> None:
        traits = {"consent": {"email": {"marketing": True}}}
        self._send("customer.updated", person.email_key, traits=traits)

    def _convert(self, person: Person, action_id: str) -> None:
        """A sale that names the message by code or reference, or does not name it."""
        way = self._draw.choice(["code", "reference", "till", "none"])
        if way == "code":
            self._order(person, {"coupon": derive_promo_code(action_id).lower()})
        elif way == "reference":
            url = f"https://shop.example.com/?segue_ref={action_id}"
            self._send("page.viewed", person.device_key, {"url": url, "path": "/kitchen"})
            self._order(person, {"url": url})
        elif way == "till":
            self._buy_item(person, {"promo_code": derive_promo_code(action_id)})
        else:
            self._buy_at_till(person)

    def _plan_facts(self) -> None:
        when = START
        while when < END:
            self._hub.schedule_call(when, self._send_fact)
            when += timedelta(hours=self._draw.randrange(5, 14))

    def _send_fact(self) -> None:
        draw, now = self._draw, self._hub.clock()
        kind, properties = draw.choice(
            [
                ("stock", {"product": "sku-1", "available": draw.choice([0, 3, 80])}),
                ("stock", {"product": "sku-2", "available": draw.choice([-1, 5])}),
                ("queue", {"queue": "retention", "free": draw.choice([0, 2]), "waiting": 4}),
                ("queue", {"queue": "sales", "free": 3, "waiting": draw.choice([2, 40])}),
                ("promotion", {"promotion": "xmas", "active": draw.random() < 0.7}),
            ]
        )
        name = f"{kind}-{next(self._numbers)}"
        event = Event(
            id=name,
            type=f"{kind}.changed",
            source="erp",
            occurred_at=now,
            received_at=now,
            correlation_id=name,
            properties=properties,
        )
        self._hub.send_fact(event)

    def _plan_erasures(self) -> None:
        """Three people ask for erasure while messages and timers are on their way, and sign up
        again later."""
        for number, days in ((3, 20), (8, 31), (14, 40)):
            person, when = self._people[number], START + timedelta(days=days, hours=9)
            self._plan(when - timedelta(minutes=5), self._leave_full_cart, person)
            self._plan(when, self._ask_for_erasure, person)
            self._plan(when + timedelta(days=1), self._view_page, person)
            self._plan(when + timedelta(days=4), self._sign_up, person)

    def _ask_for_erasure(self, person: Person) -> None:
        self._send("page.viewed", person.email_key, {"path": "/bye"})
        self._send("customer.erased", person.email_key, {"reason": "asked"})
        self._send("offer.dismissed", person.email_key, {"offer": "tea", "reference": "none"})

    def _plan_busy_hours(self) -> None:
        """Many people complain, or leave a full cart, within minutes: the calls do not suffice."""
        for days, deed in ((18, self._complain), (25, self._leave_full_cart), (36, self._complain)):
            start = START + timedelta(days=days, hours=6)
            for person in self._people:
                if person.number != LARGE_PROFILE and person.tier in ("gold", "basic"):
                    self._plan(start + timedelta(minutes=person.number), deed, person)

    def _plan_merges(self) -> None:
        """Merges by hand, one of them undone; and a second address that turns out to be theirs."""
        plan = self._hub.schedule_call
        plan(START + timedelta(days=24), partial(self._merge_by_hand, 5, 6))
        plan(START + timedelta(days=33), partial(self._unmerge_by_hand, 5))
        plan(START + timedelta(days=30), partial(self._merge_by_hand, 10, 11))
        self._plan(START + timedelta(days=28), self._use_second_address, self._people[12])

    def _merge_by_hand(self, one: int, other: int) -> None:
        self._command(MERGED, one, self._customer_of(other))

    def _unmerge_by_hand(self, number: int) -> None:
        survivor = self._customer_of(number)
        merges = (self._hub.merges.read_last(absorbed) for absorbed in self._hub.merges.lines)
        by_hand = (merge for merge in merges if merge and not merge.key)
        merge = next(one for one in by_hand if one.survivor.customer_id == survivor)
        self._command(UNMERGED, number, merge.absorbed.customer_id)

    def _command(self, kind: str, number: int, absorbed: str) -> None:
        event = build_merge_command(
            kind,
            event_id=f"by-hand-{next(self._numbers)}",
            now=self._hub.clock(),
            customer_id=self._customer_of(number),
            absorbed=absorbed,
        )
        self._hub.queue.send([event])

    def _customer_of(self, number: int) -> str:
        key = f"email#{self._people[number].email}"
        return self._hub.identities.find_owners([key])[key]

    def _use_second_address(self, person: Person) -> None:
        second = {"email": f"second{person.number}@example.com"}
        order = {"order": "order-second", "amount": 4200, "currency": "GBP"}
        traits = {"consent": {"email": {"marketing": True}}}
        self._send("order.completed", second, order, traits=traits)
        both, form = {**second, **person.loyalty_key}, {"form": "f"}
        later = self._hub.clock() + timedelta(days=2)
        self._hub.schedule_call(later, partial(self._send, "form.submitted", both, form))
