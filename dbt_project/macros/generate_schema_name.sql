{# The folder's schema as it is written, so that folder, schema and group agree. #}
{% macro generate_schema_name(custom_schema_name, node) -%} {{ custom_schema_name or target.schema }} {%- endmacro %}
{# dbt wants other names for conformed orders and the mart; in the warehouse it is conformed.orders. #}
{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
    {{ (custom_alias_name or node.name) | replace('conformed__', '') }}
{%- endmacro %}
