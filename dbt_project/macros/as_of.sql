{# The day of the run as a date: given, or of the night that the warehouse was built for. #}
{% macro as_of() -%}
    cast('{{ var("as_of", none) or night_of_the_warehouse() }}' as date)
{%- endmacro %}
{# A day long ago where nothing may be asked of a warehouse: when a project is parsed,
   or compiled with --no-introspect. #}
{% macro night_of_the_warehouse() -%}
    {%- if not execute or not flags.INTROSPECT -%} {{ return("0001-01-01") }} {%- endif -%}
    {%- set night = adapter.get_relation(target.database, "raw_ledger", "night") -%}
    {%- set nights = run_query("select as_of from " ~ night).columns[0].values() if night else [] -%}
    {%- if not nights -%}
        {{ exceptions.raise_compiler_error(
            "no night was run here yet: run `unavista run`, or pass --vars '{as_of: 2026-07-01}'"
        ) }}
    {%- endif -%}
    {{ return(nights[0]) }}
{%- endmacro %}
