{# All that the sources give of a concept, by the list `gives` in dbt_project.yml, in the
   columns and types of this model's contract; `added` are those that the model adds.
   What happened (`at`) after the day of the run is left to later nights. #}
{% macro given(concept, added=[], at=none) -%}
    {%- set columns = model.columns.values() | rejectattr('name', 'in', ['source_name'] + added) | list -%}
    {%- set givers = [] -%}
    {%- for source, concepts in var('gives').items() if concept in concepts %}{% do givers.append(source) %}{% endfor -%}
    {%- for source in givers or [none] %}
    {{ 'union all ' if not loop.first }}select
        cast({{ "'" ~ source ~ "'" if source else 'null' }} as string) as source_name
        {%- for column in columns %},
        cast({{ column.name if source else 'null' }} as {{ column.data_type | replace('TEXT', 'string') }}) as {{ column.name }}
        {%- endfor %}
    {{ 'from ' ~ ref(source ~ '__' ~ concept) if source else 'where false' }}
    {%- if source and at %}
    where coalesce({{ at }} < {{ end_of_day(as_of()) }}, true)
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
