"""The warehouse in Athena: one table over the appended records, by data set and day.

Its partitions follow from their names, so no crawler has to find new ones.

https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html
"""

from aws_cdk import Stack
from aws_cdk.aws_glue import CfnDatabase, CfnTable
from aws_cdk.aws_s3 import Bucket
from constructs import Construct

TABLE = "records"
FIRST_DAY = "2026-01-01"
COLUMNS = {
    "action_id": "one a record, so that none is there twice",
    "customer_id": "whom it is about",
    "rule_id": "the rule that asked for it",
    "decided_at": "ISO 8601, in UTC",
    "event": "JSON: the event's id, type, occurred_at and properties",
}


class WarehouseTable(Construct):
    """The table `records` in a database of its own. A query names its data set."""

    def __init__(self, scope: Construct, id_: str, *, files: Bucket) -> None:
        super().__init__(scope, id_)
        account = Stack.of(self).account
        place = f"s3://{files.bucket_name}"
        self.database = CfnDatabase(
            self,
            "Database",
            catalog_id=account,
            database_input=CfnDatabase.DatabaseInputProperty(
                description="Segue: what rules appended to the warehouse"
            ),
        )
        CfnTable(
            self,
            "Records",
            catalog_id=account,
            database_name=self.database.ref,
            table_input=CfnTable.TableInputProperty(
                name=TABLE,
                table_type="EXTERNAL_TABLE",
                parameters={
                    "EXTERNAL": "TRUE",
                    "projection.enabled": "true",
                    "projection.dataset.type": "injected",
                    "projection.day.type": "date",
                    "projection.day.format": "yyyy-MM-dd",
                    "projection.day.range": f"{FIRST_DAY},NOW",
                    "storage.location.template": f"{place}/${{dataset}}/day=${{day}}/",
                },
                partition_keys=[_column(name) for name in ("dataset", "day")],
                storage_descriptor=CfnTable.StorageDescriptorProperty(
                    columns=[_column(name, comment) for name, comment in COLUMNS.items()],
                    location=f"{place}/",
                    input_format="org.apache.hadoop.mapred.TextInputFormat",
                    output_format="org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
                    serde_info=CfnTable.SerdeInfoProperty(
                        serialization_library="org.openx.data.jsonserde.JsonSerDe"
                    ),
                ),
            ),
        )


def _column(name: str, comment: str | None = None) -> CfnTable.ColumnProperty:
    """Return a column of text. Athena reads a JSON object as its text."""
    return CfnTable.ColumnProperty(name=name, type="string", comment=comment)
