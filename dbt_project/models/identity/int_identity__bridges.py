# One row per piece of evidence without which its customer's revenue would be parted.
def model(dbt, session):
    dbt.config(materialized="table")
    from orchestration.identity.bridges import weakest_links

    records = dbt.ref("int_identity__revenue").set_alias("records")
    links = dbt.ref("links").set_alias("links")
    return weakest_links(
        records.select("record_id, revenue_amount").to_arrow_table(),
        links.join(records, "record_id_a = record_id")
        .select("record_id_a, record_id_b, rule, identifier_hash")
        .to_arrow_table(),
    )
