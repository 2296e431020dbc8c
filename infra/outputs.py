"""What the stack tells: the names that the `segue` command and other stacks go by."""

from aws_cdk import CfnOutput

from infra.base.lambda_function import HubFunction
from infra.base.work_queue import DeadLetters, WorkQueue
from infra.stack import HubStack


def tell(hub: HubStack) -> None:
    """Put every name out under its plain title, `CustomersTable`, `FilesQueueUrl` ..."""
    told = {**_places(hub), **_buses(hub), **_tables(hub), **_queues(hub), **_functions(hub)}
    for title, value in told.items():
        CfnOutput(hub, title, value=value)


def _places(hub: HubStack) -> dict[str, str]:
    return {
        "AlarmsTopicArn": hub.watch.topic.topic_arn,
        "ApiId": hub.web.api.api_id,
        "ArchiveBucket": hub.records.archive.bucket_name,
        "ApiUrl": hub.web.api.api_endpoint,
        "BusName": hub.bus.bus.event_bus_name,
        "CatalogueBucket": hub.catalogue.bucket.bucket_name,
        "ClaimsBucket": hub.claims.bucket_name,
        "AudiencesBucket": hub.lists.bucket.bucket_name,
        "ReportsBucket": hub.reports.bucket.bucket_name,
        "OwnerTimeZone": hub.time_zone.value_as_string,
        "FilesBucket": hub.files.files.bucket_name,
        "PrintBucket": hub.print_room.files.bucket_name,
        "WarehouseBucket": hub.providers.warehouse_files.bucket_name,
        "WarehouseDatabase": hub.providers.warehouse_table.database.ref,
        "AskerKeysArn": hub.keyring.askers,
        "ConnectorSecretsArn": hub.keyring.connectors,
        "ConnectorTokensArn": hub.keyring.tokens,
        "DatabaseSecretsArn": hub.keyring.databases,
        "LinkKeysArn": hub.keyring.links,
        "SourceSecretsArn": hub.keyring.sources,
    }


def _buses(hub: HubStack) -> dict[str, str]:
    """`SalesforceEventsBus` for the partner bus of the source `salesforce_events`."""
    return {
        f"{source.title().replace('_', '')}Bus": bus.event_bus_name
        for source, bus in hub.buses.partners.items()
    }


def _tables(hub: HubStack) -> dict[str, str]:
    tables = {
        "Customers": hub.state.customers,
        "Identities": hub.state.identities,
        "Merges": hub.state.merges,
        "Decisions": hub.records.decisions,
        "Ledger": hub.records.ledger,
        "Parked": hub.records.parked,
        "Throttles": hub.providers.throttles,
        "Watermarks": hub.databases.watermarks,
        "Learned": hub.memory.learned,
        "Lessons": hub.memory.lessons,
        "Letters": hub.print_room.waiting,
        "Mart": hub.mart.rows,
        "Calendar": hub.calendar.days,
        "Surroundings": hub.surroundings.things,
        "Capacity": hub.surroundings.capacity,
        **hub.catalogue.rows,
        "Catalogue": hub.catalogue.newest,
    }
    return {f"{title}Table": table.table_name for title, table in tables.items()}


def _queues(hub: HubStack) -> dict[str, str]:
    """`<Name>QueueUrl` and the `<Name>DeadLettersUrl` behind it; streams have the latter only.

    Timers ring in the customers' queue: `TimersReturnUrl`.
    """
    works: dict[str, WorkQueue] = {
        "Files": hub.files.work,
        "Databases": hub.databases.work,
        "Events": hub.recognition.work,
        "Customer": hub.decision.work,
        "Dispatch": hub.dispatch.work,
        "Letter": hub.print_room.letter.work,
        "Learn": hub.learning.work,
        "Mart": hub.mart.work,
        "Calendar": hub.calendar.work,
        "Audiences": hub.lists.work,
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
        "TimersReturnUrl": hub.dispatch.timers.rings.queue.queue_url,
        **{f"{title}DeadLettersUrl": letters.queue.queue_url for title, letters in dead.items()},
    }


def _functions(hub: HubStack) -> dict[str, str]:
    functions: dict[str, HubFunction] = {
        "ReceiveWebhook": hub.web.receiver,
        "ReceiveFile": hub.files.receiver,
        "PollDatabase": hub.databases.poller,
        "Normalize": hub.recognition.normalizer,
        "Decide": hub.decision.decider,
        "Answer": hub.answers.answerer,
        "Dispatch": hub.dispatch.dispatcher,
        "PrintLetters": hub.print_room.letter.actor,
        "Learn": hub.learning.learner,
        "KeepMart": hub.mart.keeper,
        "AnnounceLifeEvents": hub.calendar.announcer,
        "RefreshAudiences": hub.lists.refresher,
        "Report": hub.reports.reporter,
        "GuardCatalogue": hub.catalogue.guard,
    }
    actors = [channel.actor for channel in hub.providers.channels.values()]
    functions |= {actor.name.title().replace("_", ""): actor for actor in actors}
    return {
        f"{title}FunctionName": made.function.function_name for title, made in functions.items()
    }
