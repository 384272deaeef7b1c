{# The folder's schema as it is written, so that folder, schema and group agree. #}
{% macro generate_schema_name(custom_schema_name, node) -%} {{ custom_schema_name or target.schema }} {%- endmacro %}
