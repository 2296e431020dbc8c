"""The stack's outputs: names for the `segue` command and other stacks."""

from aws_cdk import CfnOutput

from infra.base.lambda_function import HubFunction
from infra.base.work_queue import DeadLetters, WorkQueue
from infra.stack import HubStack


def add_outputs(hub: HubStack) -> None:
    """Add an output for every name: `CustomersTable`, `FilesQueueUrl` ..."""
    outputs = {
        **_list_resources(hub),
        **_list_buses(hub),
        **_list_tables(hub),
        **_list_queues(hub),
        **_list_functions(hub),
    }
    for title, value in outputs.items():
        CfnOutput(hub, title, value=value)


def _list_resources(hub: HubStack) -> dict[str, str]:
    return {
        "AlarmsTopicArn": hub.alarm_topic.topic.topic_arn,
        "ApiId": hub.web_api.api.api_id,
        "ArchiveBucket": hub.records.archive.bucket_name,
        "ApiUrl": hub.web_api.api.api_endpoint,
        "BusName": hub.bus.bus.event_bus_name,
        "CatalogueBucket": hub.catalogue.bucket.bucket_name,
        "ClaimsBucket": hub.claim_checks.bucket_name,
        "AudiencesBucket": hub.target_lists.bucket.bucket_name,
        "ReportsBucket": hub.reports.bucket.bucket_name,
        "OwnerTimeZone": hub.time_zone.value_as_string,
        "FailedBatchesBucket": hub.dispatch.failed_batches.bucket.bucket_name,
        "FilesBucket": hub.file_drop.files.bucket_name,
        "PrintBucket": hub.letter_printing.files.bucket_name,
        "WarehouseBucket": hub.providers.warehouse_files.bucket_name,
        "WarehouseDatabase": hub.providers.warehouse_table.database.ref,
        "AskerKeysArn": hub.secrets.api_keys,
        "ConnectorSecretsArn": hub.secrets.connectors,
        "ConnectorTokensArn": hub.secrets.tokens,
        "DatabaseSecretsArn": hub.secrets.databases,
        "LinkKeysArn": hub.secrets.link_key,
        "SourceSecretsArn": hub.secrets.sources,
    }


def _list_buses(hub: HubStack) -> dict[str, str]:
    """Return `SalesforceEventsBus` for the partner bus of the source `salesforce_events`."""
    return {
        f"{source.title().replace('_', '')}Bus": bus.event_bus_name
        for source, bus in hub.bus_sources.partners.items()
    }


def _list_tables(hub: HubStack) -> dict[str, str]:
    tables = {
        "AddressRefusals": hub.customer_tables.address_refusals,
        "Customers": hub.customer_tables.customers,
        "EventMarks": hub.customer_tables.event_marks,
        "Identities": hub.customer_tables.identities,
        "Merges": hub.customer_tables.merges,
        "Decisions": hub.records.decisions,
        "Ledger": hub.records.ledger,
        "Parked": hub.records.parked,
        "KeyCounts": hub.normalization.key_counts,
        "Throttles": hub.providers.throttles,
        "Watermarks": hub.database_polling.watermarks,
        "Learned": hub.learner_tables.learned,
        "Lessons": hub.learner_tables.lessons,
        "Letters": hub.letter_printing.waiting,
        "Mart": hub.mart.rows,
        "Calendar": hub.calendar.days,
        "Surroundings": hub.surroundings.facts,
        "Capacity": hub.surroundings.capacity,
        **hub.catalogue.rows,
        "Catalogue": hub.catalogue.newest,
    }
    return {f"{title}Table": table.table_name for title, table in tables.items()}


def _list_queues(hub: HubStack) -> dict[str, str]:
    """Return `<Name>QueueUrl` and the `<Name>DeadLettersUrl` behind it.

    A stream has dead letters only. `TimersReturnUrl` is the queue that timers send to, and
    `CustomerStreamReturnUrl` that from which `dispatch` reads outboxes.
    """
    works: dict[str, WorkQueue] = {
        "Files": hub.file_drop.work,
        "Databases": hub.database_polling.work,
        "Events": hub.normalization.work,
        "Customer": hub.decisioning.work,
        "Dispatch": hub.dispatch.work,
        "Letter": hub.letter_printing.channel.work,
        "Learn": hub.learning.work,
        "Mart": hub.mart.work,
        "Calendar": hub.calendar.work,
        "Audiences": hub.target_lists.work,
        "Reports": hub.reports.work,
    }
    works |= {title: channel.work for title, channel in hub.providers.channels.items()}
    dead: dict[str, DeadLetters] = {
        **{title: work.dead_letters for title, work in works.items()},
        "Timers": hub.dispatch.timers.dead_letters,
        "CustomerStream": hub.dispatch.stream_failures,
        "CatalogueStream": hub.catalogue.stream_failures,
    }
    return {
        **{f"{title}QueueUrl": work.queue.queue_url for title, work in works.items()},
        "TimersReturnUrl": hub.dispatch.timers.queue.queue.queue_url,
        "CustomerStreamReturnUrl": hub.dispatch.work.queue.queue_url,
        **{f"{title}DeadLettersUrl": letters.queue.queue_url for title, letters in dead.items()},
    }


def _list_functions(hub: HubStack) -> dict[str, str]:
    functions: dict[str, HubFunction] = {
        "ReceiveWebhook": hub.web_api.receiver,
        "ReceiveFile": hub.file_drop.receiver,
        "PollDatabase": hub.database_polling.poller,
        "Normalize": hub.normalization.normalizer,
        "Decide": hub.decisioning.decider,
        "Answer": hub.offers_api.function,
        "Dispatch": hub.dispatch.dispatcher,
        "PrintLetters": hub.letter_printing.channel.function,
        "Learn": hub.learning.learner,
        "KeepMart": hub.mart.loader,
        "AnnounceLifeEvents": hub.calendar.announcer,
        "RefreshAudiences": hub.target_lists.refresher,
        "Report": hub.reports.reporter,
        "GuardCatalogue": hub.catalogue.publisher,
    }
    actors = [channel.function for channel in hub.providers.channels.values()]
    functions |= {actor.name.title().replace("_", ""): actor for actor in actors}
    return {
        f"{title}FunctionName": function.function.function_name
        for title, function in functions.items()
    }
