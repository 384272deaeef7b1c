-- One row per source, host and day whose page views another source counts already.
with
activity as (
    select * from {{ ref('conformed__web_activity') }}
    where is_page_view
),

host_days as (
    select distinct
        source_name,
        page_host,
        {{ regex_replace("coalesce(page_host, '')", "^www[.]", "") }} as host,
        cast(occurred_at as date) as active_on
    from activity
),

-- A log that names no host may be of any site.
tagged as (
    select
        host,
        active_on
    from host_days
    where source_name = 'web_events'
    union distinct
    select
        '' as host,
        active_on
    from host_days
    where source_name = 'web_events'
),

counting as (
    select
        host_days.source_name,
        host_days.page_host,
        host_days.active_on,
        case -- noqa: LT02
            {%- for host, source in var('page_view_source').items() %}
            when host_days.host = '{{ host | replace("www.", "") }}' then '{{ source }}'
            {%- endfor %}
            when tagged.host is not null then 'web_events'
            else host_days.source_name
        end as counted_source
    from host_days
    left join tagged
        on host_days.host = tagged.host and host_days.active_on = tagged.active_on
)

select
    source_name,
    coalesce(page_host, '') as page_host,
    active_on
from counting
where source_name <> counted_source
