"""Rules, offers, policies and templates that use every verb with all its words, every kind of
policy, every function of conditions and every channel."""

from collections.abc import Mapping
from typing import Any

Row = dict[str, Any]
Rows = dict[str, list[Row]]

TEXTS: Mapping[str, Mapping[str, str]] = {
    "email": {"subject": "Hello", "text": "Hello. {{ preferences.url }}"},
    "sms": {"text": "Hello"},
    "push": {"title": "Hello", "text": "Hello"},
    "letter": {"subject": "Hello", "text": "Hello"},
    "call": {"script": "Say hello."},
    "whatsapp": {"text": "Hello"},
    "messenger": {"text": "Hello"},
    "x": {"text": "Hello"},
    "fax": {"text": "Hello"},
    "web": {"html": "<p>Hello</p>", "text": "Hello"},
    "screen": {"text": "Hello"},
}
BY_ALL = ["email", "sms", "push", "letter", "whatsapp", "messenger", "x", "fax"]


def a_template(name: str, purpose: str = "marketing") -> Row:
    bodies = {channel: {"en": dict(text)} for channel, text in TEXTS.items()}
    return {"template_id": name, "purpose": purpose, "default_language": "en", **bodies}


def a_rule(name: str, event: str, *then: Row, **row: Any) -> Row:
    words = {"strategy": name, "audience": "everybody", "status": "live"}
    if "when" in row or "in_state" in row:
        del words["audience"]
    return {"rule_id": name, "event": event, "then": list(then), **words, **row}


def an_offer(name: str, **row: Any) -> Row:
    treatments: dict[str, Row] = {
        channel: {"template": "offer", **({"queue": "sales"} if channel == "call" else {})}
        for channel in row.pop("on", ["email"])
    }
    for channel in ("web", "screen"):
        if channel in treatments:
            treatments[channel] = {"template": "offer", "placement": ["home", "basket"]}
    defaults = {"name": f"The {name} offer", "treatments": treatments, "status": "live"}
    return {"offer_id": name, **defaults, **row}


def a_policy(name: str, kind: str, **row: Any) -> Row:
    return {"policy_id": name, "kind": kind, "status": "live", **row}


TEMPLATES = [
    a_template("hello"),
    a_template("offer"),
    a_template("basket"),
    a_template("sorry", "service"),
    a_template("notice", "service"),
]

WELCOME = [
    a_rule(
        "welcome",
        "customer.signed_up",
        {
            "do": "send",
            "channel": "best",
            "template": "hello",
            "answer_within": "2d",
            "expires": "5d",
            "goal": "order.completed",
            "category": "welcome",
            "value": 50,
        },
        {"do": "set", "trait": "interests.newcomer", "value": True},
        {"do": "wait", "for": "1d", "then": "welcome.followup_due"},
        strategy="welcome",
        move_to="welcomed",
        priority=10,
    ),
    a_rule(
        "welcome-followup",
        "welcome.followup_due",
        {"do": "offer", "tag": "spring", "answer_within": "3d", "expires": "4d"},
        {"do": "emit", "event": "welcome.ended", "properties": {"stage": 2, "warm": True}},
        strategy="welcome",
        in_state="welcomed",
        when="absent('order.completed', days=2) and event.type == 'welcome.followup_due'",
        move_to="followed",
    ),
    a_rule(
        "welcome-ended",
        "welcome.ended",
        {"do": "append", "dataset": "welcomed"},
        {"do": "set", "trait": "attitudes.stage", "value": 2},
        when="event.warm and event.stage >= 2",
    ),
]
CART = [
    a_rule(
        "cart-left",
        "cart.abandoned",
        {
            "do": "send",
            "channels": ["email", "sms", "push"],
            "template": "basket",
            "goal": "order.completed",
            "expires": "2d",
            "category": "cart",
            "value": 300,
        },
        {
            "do": "call",
            "queue": "sales",
            "template": "basket",
            "reason": "a full basket",
            "goal": "order.completed",
            "expires": "1d",
            "category": "cart",
            "value": 120,
        },
        {"do": "wait", "for": "3h", "then": "cart.reminder_due"},
        strategy="cart",
        when="event.amount >= 2000 and not seen('complaint.filed', days=3)",
        move_to="waiting",
        priority=5,
    ),
    a_rule(
        "cart-reminder",
        "cart.reminder_due",
        {"do": "send", "channel": "push", "template": "basket", "goal": "order.completed"},
        {"do": "offer", "offer": "shipping", "channels": ["email", "sms"], "expires": "12h"},
        strategy="cart",
        in_state="waiting",
        move_to="reminded",
    ),
    a_rule(
        "cart-small",
        "cart.abandoned",
        {"do": "offer", "tag": "small", "placement": "basket", "channels": ["email", "push"]},
        strategy="cart",
        when="event.amount < 2000 and first('cart.abandoned')",
        priority=5,
    ),
]
SERVICE = [
    a_rule(
        "complaint-gold",
        "complaint.filed",
        {
            "do": "call",
            "queue": "retention",
            "template": "sorry",
            "reason": "a gold customer complained",
            "expires": "4h",
            "answer_within": "1d",
        },
        {"do": "suppress", "category": "preview", "for": "7d"},
        {
            "do": "update",
            "connector": "salesforce",
            "operation": "create_task",
            "fields": {"Subject": "Call {{ customer.person.first_name }}", "Priority": "High"},
            "expires": "1d",
        },
        strategy="retention",
        when="lower(customer.loyalty.tier) == 'gold' and free_slots('retention') >= 0",
        priority=20,
    ),
    a_rule(
        "complaint-other",
        "complaint.filed",
        {"do": "send", "channels": ["email", "sms"], "template": "sorry", "category": "care"},
        {"do": "suppress", "strategy": "browsing", "for": "2d"},
        {
            "do": "notify",
            "connector": "webhook",
            "operation": "send",
            "fields": {"type": "complaint", "subject": "{{ event.properties.subject }}"},
        },
        strategy="retention",
        when="not lower(customer.loyalty.tier) == 'gold'",
        priority=10,
    ),
    a_rule(
        "invite",
        "call.completed",
        {
            "do": "notify",
            "connector": "surveymonkey",
            "operation": "invite",
            "channel": "email",
            "purpose": "marketing",
            "fields": {"collector": "123", "subject": "How was it?", "text": "Tell us."},
        },
        strategy="surveys",
        when="event.outcome == 'reached' and days_since(customer.service.last_complaint_at) < 30",
    ),
    a_rule(
        "answer",
        "message.received",
        {"do": "send", "channels": ["whatsapp", "messenger", "x", "sms"], "template": "notice"},
        strategy="chat",
        when="not contains(lower(event.text), 'stop') and hour() >= 0",
    ),
]
SALES = [
    a_rule(
        "thanks",
        "order.completed",
        {"do": "offer", "tag": "thanks", "answer_within": "4d"},
        strategy="thanks",
        priority=5,
    ),
    a_rule(
        "rival",
        "order.completed",
        {"do": "send", "channel": "email", "template": "hello", "value": 40, "category": "club"},
        {"do": "send", "channel": "sms", "template": "hello", "value": 30, "category": "club"},
        strategy="club",
        when="sum('order.completed', 'GBP', days=90) >= 3000 and known(customer.loyalty.number)",
        priority=5,
    ),
    a_rule(
        "big-order",
        "order.completed",
        {"do": "append", "dataset": "big_orders"},
        {"do": "suppress", "goal": "order.completed", "for": "1d"},
        strategy="reporting",
        when="event.amount > 9000 or sequence('page.viewed', 'cart.abandoned', within_hours=48)",
    ),
    a_rule(
        "second-purchase",
        "item.purchased",
        {"do": "offer", "tag": "spring", "channels": "best"},
        strategy="second",
        when="count('item.purchased', days=60) == 2",
    ),
    a_rule(
        "returned",
        "item.returned",
        {"do": "send", "channel": "email", "template": "notice"},
        when="customer.purchases.returns >= 1 and event.amount > 0",
    ),
]
BROWSING = [
    a_rule(
        "browsing",
        "page.viewed",
        {"do": "offer", "tag": "browse"},
        strategy="browsing",
        when=(
            "count('page.viewed', hours=24) >= 3 and stock('sku-1') > 0 and"
            " starts_with(event.path, '/kitchen')"
        ),
        move_to="browsing",
    ),
    a_rule(
        "promotion",
        "product.viewed",
        {"do": "send", "channel": "best", "template": "hello", "category": "preview", "value": 90},
        when=(
            "promotion('xmas') and customer.place.country in ['GB', 'DE'] and"
            " not ends_with(upper(event.name), 'X') and surroundings.queues.sales.waiting < 30"
        ),
    ),
    a_rule(
        "searching",
        "search.performed",
        {"do": "set", "trait": "interests.searching", "value": "yes"},
        {"do": "offer", "offer": "local", "channels": ["push", "sms"]},
        when="since('search.performed') < 1 or weekday() in ['saturday', 'sunday']",
    ),
    a_rule(
        "search-rival",
        "search.performed",
        {"do": "send", "channel": "best", "template": "hello", "value": 20, "category": "search"},
        strategy="searching",
    ),
    a_rule(
        "near-a-store",
        "store.visited",
        {"do": "send", "channel": "push", "template": "hello", "category": "local"},
        when="distance_km(event.latitude, event.longitude, 51.5, -0.12) < 20",
    ),
    a_rule(
        "later",
        "page.viewed",
        {"do": "append", "dataset": "never_yet"},
        starts="2026-12-24",
    ),
    a_rule("over", "page.viewed", {"do": "append", "dataset": "no_more"}, ends="2026-10-31"),
]
LIFE = [
    a_rule(
        "birthday",
        "birthday.reached",
        {"do": "send", "channel": "letter", "template": "hello", "expires": "7d"},
        when="age(customer.person.birthday) >= 18",
    ),
    a_rule(
        "anniversary",
        "anniversary.reached",
        {"do": "offer", "tag": "thanks", "channels": ["fax", "messenger", "x", "whatsapp"]},
        when="days_until_anniversary(customer.person.anniversary) == 0",
    ),
    a_rule(
        "guarantee",
        "guarantee.renewal_due",
        {"do": "call", "queue": "sales", "template": "notice", "reason": "a guarantee ends"},
        when="days_until(event.guarantee_until) <= 31",
    ),
    a_rule(
        "replacement",
        "replacement.due",
        {"do": "send", "channels": BY_ALL, "template": "hello", "category": "replacement"},
    ),
    a_rule("retired", "product.retired", {"do": "send", "channel": "fax", "template": "notice"}),
]
ANSWERS = [
    a_rule(
        "no-answer",
        "response.missing",
        {"do": "offer", "tag": "thanks", "channels": ["sms", "push", "call"]},
        strategy="thanks",
        when="event.channel == 'email'",
    ),
    a_rule(
        "reviewed",
        "decision.reviewed",
        {
            "do": "update",
            "connector": "siebel",
            "operation": "upsert_contact",
            "fields": {
                "LastName": "{{ customer.person.last_name }}",
                "EmailAddress": "{{ customer.contact.email }}",
            },
        },
        when="known(event.offer)",
    ),
    a_rule("discarded", "decision.discarded", {"do": "append", "dataset": "discarded"}),
    a_rule("converted", "decision.converted", {"do": "append", "dataset": "converted"}),
    a_rule(
        "history",
        "action.delivered",
        {"do": "append", "dataset": "contacts"},
        when="event.purpose == 'marketing' and event.channel in ['push', 'letter', 'call', 'x']",
    ),
    a_rule(
        "survey",
        "survey.answered",
        {"do": "set", "trait": "interests.surveyed", "value": 1.5},
        {"do": "wait", "for": "90m", "then": "survey.thanked"},
        when="size(event.answers) > 0",
    ),
    a_rule(
        "survey-thanks",
        "survey.thanked",
        {"do": "send", "channel": "email", "template": "notice"},
    ),
    a_rule(
        "loaded",
        "mart.loaded",
        {"do": "append", "dataset": "loaded"},
        when="customer.purchases.count > 3",
    ),
]
SHADOW = [
    a_rule(
        "shadow-thanks",
        "order.completed",
        {"do": "offer", "tag": "spring"},
        {"do": "wait", "for": "2d", "then": "shadow.due"},
        {"do": "set", "trait": "interests.shadow", "value": "yes"},
        {"do": "append", "dataset": "shadow"},
        status="shadow",
        priority=50,
    ),
    a_rule(
        "shadow-pages",
        "page.viewed",
        {"do": "send", "channel": "sms", "template": "hello"},
        status="shadow",
        when="event.path != '/'",
    ),
    a_rule("paused", "page.viewed", {"do": "append", "dataset": "paused"}, status="paused"),
    a_rule("draft", "page.viewed", {"do": "append", "dataset": "draft"}, status="draft"),
]
BANDS = [
    a_rule(
        f"band-{number:02}",
        "product.clicked",
        {"do": "set", "trait": "interests.band", "value": number},
        when=f"event.amount >= {number * 500} and event.amount < {number * 500 + 500}"
        f" and customer.place.country == '{('GB', 'DE', 'US')[number % 3]}'",
        priority=number,
    )
    for number in range(24)
]

# Every shape of condition that the index and the compiler tell apart.
CONDITIONS = (
    "event.amount != 500",
    "500 != event.amount",
    "500 < event.amount <= 6000",
    "event.amount > 100 and event.amount > 300 and event.amount < 9000 and event.amount < 8000",
    "event.amount >= 99 and event.amount >= 2500 and event.amount <= 2500 and event.amount <= 9000",
    "not (event.amount < 1000 or event.amount > 9000)",
    "event.quantity in [1, 2.5]",
    "event.quantity not in [2, 3]",
    "event.quantity == 2 and event.quantity != 3 and event.quantity != 4",
    "event.currency not in ['EUR', 'USD']",
    "event.currency in ['GBP', 'EUR'] and event.currency in ['GBP', 'USD']",
    "event.currency == 'GBP' or event.amount < 300 and customer.loyalty.tier == 'Gold'",
    "not event.currency == 'GBP' and not starts_with(event.name, 'Pan')",
    "starts_with(event.name, 'Mug') and starts_with(event.name, 'Mug sku')",
    "event.name > 'Mug sku-1'",
    "'Mug sku-2' <= event.name",
    "event.name == customer.interests.last_product",
    "event.name != customer.interests.last_search",
    "event.currency in event.name",
    "event.currency not in event.name",
    "'sms' in customer.contact.preferred_channels",
    "event.currency not in customer.contact.preferred_channels",
    "size(customer.contact.preferred_channels) == 2",
    "customer.purchases.spent.GBP > customer.purchases.returned.GBP",
    "customer.purchases.spent.GBP >= 5000 and customer.purchases.count < 9",
    "event.occurred_at >= '2026-11-01'",
    "'2026-11-10T12:00:00Z' > event.occurred_at",
    "now < '2026-11-15' and now != event.received_at",
    "event.occurred_at <= now",
    "customer.purchases.last_at > customer.service.last_complaint_at",
    "customer.purchases.last_at >= '2026-11-01' and customer.loyalty.since != '2019-03-01'",
    "customer.person.birthday < '1990-01-01'",
    "age(customer.person.birthday) > 40 or age(customer.loyalty.since) < 3",
    "days_since(customer.purchases.last_at) <= 3",
    "days_until_anniversary(customer.loyalty.since) > 100",
    "days_until(customer.person.birthday) < 0",
    "customer.consent.email.marketing",
    "not customer.consent.sms.marketing",
    "customer.consent.push.marketing == True",
    "customer.consent.letter.marketing != True",
    "customer.dialogues.cart.state == 'waiting'",
    "customer.dialogues.cart.state != 'waiting'",
    "customer.dialogues.cart.state in ['bought', 'reminded']",
    "customer.engagement.email.sent >= 3",
    "customer.attitudes.how_satisfied_are_you >= 7",
    "known(customer.interests.mood) or known(event.coupon)",
    "event.context.campaign == 'autumn'",
    "event.source == 'shop' and event.type in ['product.clicked', 'product.viewed']",
    "surroundings.queues.retention.free >= 1 or surroundings.promotions.xmas.active",
    "count('product.clicked') > 3",
    "seen('order.completed', hours=72)",
    "absent('order.completed', hours=24)",
    "absent('product.clicked', days=1)",
    "first('product.clicked')",
    "since('order.completed') >= 2",
    "sequence('cart.abandoned', 'order.completed', 'product.clicked', within_hours=100)",
    "sum('item.purchased', event.currency) > 500",
    "sum('order.completed', 'EUR', days=20) == 0",
    "contains(lower(event.name), 'sku-2') and not contains(upper(event.name), 'SKU-3')",
    "weekday() != 'monday' and 6 <= hour() < 22",
)
SHAPES = [
    a_rule(
        f"shape-{number:02}",
        "product.clicked",
        {"do": "set", "trait": f"interests.shape_{number % 4}", "value": number},
        when=condition,
        priority=100 - number,
    )
    for number, condition in enumerate(CONDITIONS)
]

OFFERS = [
    an_offer(
        "shipping",
        tags=["thanks", "small"],
        category="extra",
        goal="order.completed",
        again_after="20d",
        value=300,
        caps={"day": 1, "week": 2},
        on=["email", "sms", "push", "web", "screen"],
        content={"price": 0, "image": "https://shop.example.com/shipping.png"},
    ),
    an_offer(
        "preview",
        tags=["thanks", "spring", "browse"],
        category="preview",
        eligible="lower(customer.loyalty.tier) in ['gold', 'silver']",
        starts="2026-10-01",
        ends="2026-11-20",
        goal="order.completed",
        goal_when="event.amount > 4000",
        value=2500,
        weight=1.2,
        cost=5,
        caps={"month": 2, "ever": 3},
        total=40,
        on=["email", "push", "web", "call", "whatsapp", "messenger", "x", "fax", "letter"],
        partner="Halfmoon",
    ),
    an_offer(
        "tea",
        tags=["spring", "browse", "thanks"],
        category="tea",
        product="sku-1",
        goal="item.purchased",
        goal_when="event.item == 'sku-1'",
        value=900,
        codes=["TEA-2026"],
        on=["email", "sms", "push", "web", "screen", "call"],
    ),
    an_offer(
        "beans",
        tags=["spring", "small"],
        category="coffee",
        product="sku-2",
        value=700,
        cost=40,
        budget=1200,
        on=["email", "sms", "letter"],
    ),
    an_offer(
        "club",
        tags=["thanks"],
        category="club",
        eligible="customer.purchases.count >= 2",
        value=1500,
        priority=1,
        caps={"ever": 1},
        codes=["CLUB", "CLUB-10"],
        on=["email", "call", "screen"],
    ),
    an_offer("local", tags=["browse"], category="local", value=60, on=["push", "sms", "web"]),
    an_offer("old", tags=["thanks"], ends="2026-10-10", value=9000, on=["email"]),
    an_offer("next", tags=["thanks"], starts="2027-01-01", value=9000, on=["email"]),
    an_offer("stopped", tags=["thanks"], status="paused", value=9000, on=["email"]),
]

POLICIES = [
    a_policy("most", "frequency_cap", most={"day": 3, "week": 8, "month": 20}),
    a_policy("most-sms", "frequency_cap", channel="sms", most={"week": 2}),
    a_policy("most-cart", "frequency_cap", category="cart", most={"day": 1}),
    a_policy("most-web", "frequency_cap", channel="web", most={"day": 4}),
    a_policy("night", "quiet_hours", **{"from": "21:00", "to": "08:00"}),
    a_policy(
        "night-sms",
        "quiet_hours",
        channel="sms",
        purpose="all",
        then="next_channel",
        **{"from": "20:00", "to": "09:30"},
    ),
    a_policy(
        "sunday",
        "quiet_hours",
        channel="call",
        purpose="all",
        days=["sunday"],
        **{"from": "00:00", "to": "23:59"},
    ),
    a_policy("control", "holdout", percent=6),
    a_policy("half-cart", "holdout", strategy="cart", percent=50),
    a_policy("half-tea", "holdout", offer="tea", percent=30, salt="tea-trial"),
    a_policy("third-welcome", "holdout", strategy="welcome", percent=33),
    a_policy(
        "open-complaint",
        "suppression",
        when="seen('complaint.filed', days=4)",
        reason="a complaint is open",
        category="preview",
    ),
    a_policy("no-fax", "suppression", when="customer.place.country == 'US'", channel="fax"),
    a_policy("no-club", "suppression", when="customer.purchases.returns > 2", offer="club"),
    a_policy(
        "no-browsing", "suppression", when="count('page.viewed', days=1) > 25", strategy="browsing"
    ),
    a_policy("retention-desk", "capacity", queue="retention", slots=1, per="hour"),
    a_policy("retention-day", "capacity", queue="retention", slots=4, per="day"),
    a_policy("sales-desk", "capacity", queue="sales", slots=2, per="at_once"),
    a_policy("sms-day", "budget", channel="sms", amount=20, per="day"),
    a_policy("month", "budget", amount=900, per="month"),
    a_policy("cart-ever", "budget", strategy="cart", amount=300, per="ever"),
    a_policy("email-cost", "channel_cost", channel="email", cost=0.1),
    a_policy("sms-cost", "channel_cost", channel="sms", cost=7),
    a_policy("letter-cost", "channel_cost", channel="letter", cost=90),
    a_policy("call-cost", "channel_cost", channel="call", cost=150),
    a_policy("gold", "context_weight", when="customer.loyalty.tier == 'gold'", weight=2),
    a_policy("spring", "context_weight", tag="spring", weight=1.3, when="promotion('xmas')"),
    a_policy("less-call", "context_weight", channel="call", weight=0.5),
    a_policy(
        "learning",
        "learning",
        features=[
            {"name": "customer.loyalty.tier"},
            {"name": "customer.place.country"},
            {"name": "customer.purchases.count", "bounds": [1, 3, 8]},
            {"name": "event.amount", "bounds": [1000, 5000]},
        ],
        half_life="20d",
        expected=0.15,
    ),
    a_policy("aim-cart", "aim", strategy="cart", target="bought", goal="order.completed"),
    a_policy(
        "aim-browsing",
        "aim",
        strategy="browsing",
        target="won",
        goal="item.purchased",
        goal_when="event.amount >= 500",
    ),
    a_policy("window", "attribution", window="7d"),
    a_policy("window-call", "attribution", channel="call", window="21d"),
]


def first_catalogue() -> Rows:
    """Everything above."""
    rules = [
        *WELCOME,
        *CART,
        *SERVICE,
        *SALES,
        *BROWSING,
        *LIFE,
        *ANSWERS,
        *SHADOW,
        *BANDS,
        *SHAPES,
    ]
    return {"rules": rules, "offers": OFFERS, "policies": POLICIES, "templates": TEMPLATES}


def second_catalogue() -> Rows:
    """The same some weeks later, with edits in rules, offers and policies."""
    rows = first_catalogue()
    edits: Mapping[str, Row] = {
        "cart-small": {"status": "paused"},
        "shadow-pages": {"status": "paused"},
        "rival": {"priority": 6},
        "thanks": {
            "then": [{"do": "offer", "tag": "thanks", "channels": ["email", "sms", "call"]}]
        },
        "tea": {"value": 1100, "eligible": "not seen('item.returned', days=10)"},
        "beans": {"budget": 4000},
        "most": {"most": {"day": 4, "week": 9}},
        "half-cart": {"percent": 20},
        "learning": {"half_life": "10d", "features": [{"name": "customer.loyalty.tier"}]},
    }
    keys = {"rules": "rule_id", "offers": "offer_id", "policies": "policy_id"}
    return {
        table: [{**row, **edits.get(str(row.get(keys.get(table, ""), "")), {})} for row in found]
        for table, found in rows.items()
    }
