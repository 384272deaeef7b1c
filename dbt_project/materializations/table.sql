{# A table is made anew in one statement, in its own place: a night has the warehouse to
   itself, so there is nobody for whom an old table must stand until the new one does.
   dbt's own way, a second table and two renames, takes ten statements. What Python makes
   comes over a connection of its own, and so under a name of its own first. #}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set table, standing = this.incorporate(type='table'), load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {% if model.language == 'python' %}
        {%- set made = make_intermediate_relation(table) -%}
        {% do drop_relation_if_exists(load_cached_relation(made)) %}
        {{ run_hooks(pre_hooks, inside_transaction=True) }}
        {% call statement('main', language='python') -%}
            {{ create_table_as(false, made, compiled_code, 'python') }}
        {%- endcall %}
        {% do drop_relation_if_exists(standing) %}
        {% do adapter.rename_relation(made, table) %}
    {% else %}
        {{ run_hooks(pre_hooks, inside_transaction=True) }}
        {% if standing and not standing.is_table %}{% do adapter.drop_relation(standing) %}{% endif %}
        {% call statement('main') -%}
            {%- if config.get('contract').enforced -%}
                {{ get_assert_columns_equivalent(sql) }}
                create or replace table {{ table }} {{ get_table_columns_and_constraints() }};
                insert into {{ table }} {{ get_column_names() }} ({{ get_select_subquery(sql) }})
            {%- else -%}
                create or replace table {{ table }} as ({{ sql }})
            {%- endif -%}
        {%- endcall %}
    {% endif %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do persist_docs(table, model) %}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [table]}) }}
{% endmaterialization %}
