# One row per record: the smallest record that links connect it to.
def model(dbt, session):
    dbt.config(materialized="table")
    from orchestration.components import connected_components

    records = dbt.ref("records")
    links = dbt.ref("links")
    return connected_components(
        records.select("record_id").order("record_id").to_arrow_table(),
        links.select("record_id_a, record_id_b").to_arrow_table(),
    )
