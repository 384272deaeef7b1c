{# The rows of a raw table that count now. `key` names what identifies a record,
   `changed_at` when the source changed it. Newest is what changed last, then what was
   delivered last; a file's name decides nothing.
   keep='row'       one row per key, the newest
   keep='file'      all rows per key of the newest file that has the key: restated reports
   keep='version'   the newest row per key and changed_at, is_current on the last of a key
   keep='delivery'  the newest row per key and file, is_current on the last of a key: for
                    what changes without a new time of change
   keep='first'     one row per key, the earliest: events that were sent twice
   keep='all'       every row, where the source has no key: lines of a server log #}
{% macro current_rows(rows, key=none, changed_at=none, keep='row') -%}
    {%- set keys = ([key] if key is string else key or []) | join(', ') -%}
    {%- set changed = "try_cast(" ~ changed_at ~ " as timestamp) desc nulls last, " if changed_at else "" -%}
    {%- set newest = changed ~ "delivery_number desc, _line desc" -%}
    {%- set within = {'version': ", try_cast(" ~ changed_at ~ " as timestamp)", 'delivery': ", delivery_number"}.get(keep) or '' -%}
    with delivered as (
        select raw.*, files.delivery_number, files.is_last_delivery
        from {{ rows }} as raw
        inner join {{ ref('stg_ledger__delivered_files') }} as files
            on raw._file_id = files.file_id and raw._load_id = files.load_id
        {{ '' if within else 'where files.is_last_delivery' }}
    )
    {%- if keep == 'first' %},
    repeated as (
        select {{ keys }}, min(delivery_number * 4294967296 + _line) as first_position
        from delivered group by {{ keys }} having count(*) > 1
    )
    select delivered.* from delivered left join repeated using ({{ keys }})
    where coalesce(first_position, delivery_number * 4294967296 + _line) = delivery_number * 4294967296 + _line
    {%- elif keep == 'all' %}
    select * from delivered
    {%- else %},
    ranked as (
        select *,
            {%- if keep == 'file' %}
            case when delivery_number = max(delivery_number) over (partition by {{ keys }}) then 1 end as newest_rank
            {%- else %}
            row_number() over (partition by {{ keys ~ within }} order by {{ newest }}) as newest_rank
            {%- endif %}
            {%- if within %},
            row_number() over (partition by {{ keys }} order by {{ newest }}) = 1
            and max(case when is_last_delivery then 1 else 0 end) over (partition by {{ keys }}) = 1 as is_current
            {%- endif %}
        from delivered
    )
    select * from ranked where newest_rank = 1
    {%- endif %}
{%- endmacro %}
