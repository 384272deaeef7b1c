# One row per pair of records compared, and per record looked at (then a is b).
def model(dbt, session):
    dbt.config(materialized="table")
    from orchestration.identity.matching import compare

    features = dbt.ref("int_identity__features")
    rules = dbt.ref("int_identity__blocking_rules")
    used = rules.filter("status = 'used'").order("position").select("rule").fetchall()
    return compare(
        session,
        f"({features.sql_query()})",
        [rule for (rule,) in used],
        str(dbt.this),
    )
