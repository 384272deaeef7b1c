{# Pairs (record_key_a, record_key_b) become a table of one row per record: record_key,
   and cluster_key, the smallest record_key of its connected component. #}
{% materialization connected_components, default %}
    {%- set walk = make_intermediate_relation(this.incorporate(type='table'), '__walk') -%}
    {%- if adapter.type() == 'duckdb' and config.get('components_by') != 'contraction' -%}
        {% call statement('search', language='python') %}
from orchestration.identity.components import connected_components
dbtObj = materialize = lambda *_: None
def model(_, session):
    pairs = session.sql({{ "%r" | format(sql) }}).to_arrow_reader(1_000_000)
    session.register({{ "%r" | format(walk.identifier) }}, connected_components(pairs))
        {%- endcall %}
        {%- set found = "select cast(record_key as bigint) as record_key, cast(cluster_key as bigint) as cluster_key from " ~ walk.include(false, false) -%}
    {%- else -%}
        {%- set found = contracted_components(walk) -%}
    {%- endif -%}
    {% do context.update({'sql': found, 'compiled_code': found}) %}
    {%- set built = context.get('materialization_table_' ~ adapter.type(), materialization_table_default)() -%}
    {% do adapter.drop_relation(walk) %}
    {{ return(built) }}
{% endmaterialization %}

{# Each round a record's place moves to itself or a neighbour, whichever chance puts
   first: half the places are left, so a chain of any length ends in a few rounds. #}
{% macro contracted_components(walk) -%}
    {%- set new, state = make_intermediate_relation(walk, '__new'), namespace(rounds=1) -%}
    {% for round in range(1000) if round < state.rounds %}
        {%- set chance = "md5(cast(? as string) || '|" ~ round ~ "') || cast(? as string)" -%}
        {%- set step -%}
            {%- if round == 0 -%} with pairs as (
            {{ sql }}
            )
            select record_key_a as record_key, record_key_a as here, record_key_b as near from pairs union
            select record_key_b as record_key, record_key_b as here, record_key_a as near from pairs
            {%- else -%} with moves as (
                select here, cast(substr(least({{ chance | replace('?', 'here') }},
                    min({{ chance | replace('?', 'near') }})), 33) as bigint) as there
                from {{ walk }} where here <> near group by here
            )
            select distinct record_key, coalesce(mine.there, walk.here) as here, coalesce(its.there, near) as near
            from {{ walk }} as walk
            left join moves as mine on walk.here = mine.here left join moves as its on near = its.here
            {%- endif -%}
        {%- endset -%}
        {% do adapter.drop_relation(new) %}
        {% call statement() %}{{ create_table_as(false, new, step) }}{% endcall %}
        {% do adapter.drop_relation(walk) %}
        {% do adapter.rename_relation(new, walk) %}
        {%- set state.rounds = state.rounds + run_query("select 1 from " ~ walk ~ " where here <> near limit 1") | length -%}
    {% endfor %}
    select record_key, min(record_key) over (partition by here) as cluster_key from {{ walk }}
{%- endmacro %}
