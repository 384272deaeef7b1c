# One row per blocking rule: how many pairs it would compare, and whether it may.
def model(dbt, session):
    dbt.config(materialized="table")
    from orchestration.identity.matching import count_pairs

    features = dbt.ref("int_identity__features")
    return count_pairs(
        session,
        f"({features.sql_query()})",
        float(dbt.config.meta_get("max_pairs_per_record")),
        int(dbt.config.meta_get("least_pairs")),
    )
