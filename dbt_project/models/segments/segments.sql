-- One row per declared segment.
{% for segment in var('segments') -%}
{% if not loop.first %}
union all
{% endif -%}
select
    '{{ segment.segment_id }}' as segment_id,
    -- chr(39) is the single quote: Spark 3 reads a doubled one as none.
    '{{ segment.label | replace("'", "' || chr(39) || '") }}' as label,
    '{{ segment.purpose | replace("'", "' || chr(39) || '") }}' as purpose,
    '{{ segment.condition | replace("'", "' || chr(39) || '") }}' -- noqa: LT05
        as condition_sql
{%- endfor %}
