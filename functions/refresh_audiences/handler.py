"""refresh_audiences: makes the marketers' target lists when they are due."""

from functools import cache
from zoneinfo import ZoneInfo

from hub.audiences.steps.refresh_audiences import AudienceWriter, RefreshAudiences
from hub.catalogue.adapters.catalogue_store import CatalogueStore
from hub.contact_policy.adapters.address_refusal_table import AddressRefusalTable
from hub.contact_policy.steps.attach_refusals import AttachRefusals
from hub.entrypoints.settings import read_settings
from hub.entrypoints.sqs import consume
from hub.kernel.json_types import Json
from hub.platform.adapters.file_bucket import Files
from hub.profile.adapters.customer_scan import CustomerScan
from refresh_audiences.settings import RefreshAudiencesSettings


@cache
def settings() -> RefreshAudiencesSettings:
    """The function's environment."""
    return read_settings(RefreshAudiencesSettings)


@cache
def refresh_audiences() -> RefreshAudiences:
    """The step, on DynamoDB and S3."""
    environment = settings()
    files = Files(environment.audiences_bucket)
    refusals = AddressRefusalTable(environment.address_refusals_table)
    return RefreshAudiences(
        store=CatalogueStore(environment.catalogue_table, environment.catalogue_bucket),
        files=files,
        write_audiences=AudienceWriter(
            CustomerScan(environment.customers_table), files, AttachRefusals(refusals)
        ),
        zone=ZoneInfo(environment.time_zone),
    )


def handler(event: dict[str, Json], _context: object) -> dict[str, Json]:
    """Consumes SQS messages; returns the partial batch response."""
    return consume(event, refresh_audiences(), settings=settings(), stage="refresh_audiences")
