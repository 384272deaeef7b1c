# One row per two records of a contested component that a piece of evidence would join.
def model(dbt, session):
    dbt.config(materialized="table")
    from orchestration.identity.constrained_union import constrained_unions

    contested = dbt.ref("int_identity__contested")
    evidence = dbt.ref("int_identity__evidence")
    apart = dbt.ref("int_identity__apart")
    members = contested.select("record_key, record_id").distinct()
    return constrained_unions(
        members.to_arrow_table(),
        evidence.join(members.select("record_key"), "record_key", how="semi")
        .select("link_key, record_key, priority")
        .to_arrow_table(),
        contested.filter("guard is not null")
        .select("record_key, guard, identifier_kind, identifier_value, max_count")
        .to_arrow_table(),
        apart.select(
            "record_key_a, record_key_b, guard, from_priority"
        ).to_arrow_table(),
    )
