"""A source's own database, polled by the deployed hub: a real PostgreSQL on this machine."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, NullPool, create_engine, text

from tests.intake.adapters.test_source_database import TABLE
from tests.postgres import postgresql
from tools.day.hub_driver import HubDriver
from tools.segue import explanation
from tools.segue.local_home import UserError

LINE = text(
    "INSERT INTO sale_line (receipt, item, quantity, price, card)"
    " VALUES (:receipt, 'cup', :quantity, 2.50, :card)"
)


@pytest.fixture
def till(driver: HubDriver) -> Iterator[Engine]:
    """Its address is put into the secret, and removed at the end."""
    with postgresql() as url:
        engine = create_engine(url, poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(text(TABLE))
        secret = driver.hub.output("DatabaseSecretsArn")
        driver.hub.secrets.put_secret_value(
            SecretId=secret, SecretString=json.dumps({"till_sql": url})
        )
        yield engine
        driver.hub.secrets.put_secret_value(SecretId=secret, SecretString="{}")


def ask(driver: HubDriver) -> None:
    """As the schedule does, so that nobody waits for its minute."""
    queue = driver.hub.output("DatabasesQueueUrl")
    driver.hub.sqs.send_message(QueueUrl=queue, MessageBody=json.dumps({"source": "till_sql"}))


def bought(driver: HubDriver, card: str) -> int:
    try:
        known = explanation.explain_customer(driver.hub, f"loyalty#{card}", last=1).blocks
    except UserError:
        return 0
    return int(known.get("purchases", {}).get("spent", {}).get("GBP", 0))


def test_sales_in_a_database_are_the_customers_however_late_they_are_committed(
    driver: HubDriver, till: Engine
) -> None:
    with till.connect() as slow:
        slow.execute(LINE, {"receipt": "R-1", "quantity": 2, "card": "990001"})
        with till.begin() as quick:
            quick.execute(LINE, {"receipt": "R-2", "quantity": 1, "card": "990001"})
            quick.execute(LINE, {"receipt": "R-0", "quantity": 0, "card": "990001"})
        ask(driver)
        driver.wait_for("the first sale is known", lambda: bought(driver, "990001") == 250)
        slow.commit()
    ask(driver)
    driver.wait_for("the late one is too", lambda: bought(driver, "990001") == 750)
    ask(driver)
    driver.accepted["till_sql"] += 3
