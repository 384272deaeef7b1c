-- One row per customer that was seen on the web: how it came, and what it did there.
with
sessions as (
    select
        *,
        {{ business_day('started_at') }} as started_on
    from {{ ref('sessions') }}
    where customer_id is not null and not is_bot
),

timeline as (
    select
        *,
        {{ business_day('occurred_at') }} as occurred_on
    from {{ ref('timeline') }}
    where customer_id is not null and channel = 'web'
),

ranked as (
    select
        *,
        row_number() over (
            partition by customer_id order by started_at asc, session_id asc
        ) as first_rank,
        row_number() over (
            partition by customer_id, channel_group = 'Direct'
            order by started_at desc, session_id desc
        ) as last_rank
    from sessions
),

visits as (
    select
        customer_id,
        count(*) as session_count,
        count_if(is_engaged) as engaged_session_count,
        sum(page_view_count) as page_view_count,
        sum(conversion_count) as conversion_count,
        {%- for days in [30, 90] %}
        count_if(started_on >= {{ as_of() }} - {{ days }})
            as session_count_{{ days }}_days,
        count_if(is_engaged and started_on >= {{ as_of() }} - {{ days }})
            as engaged_session_count_{{ days }}_days,
        sum(case
            when started_on >= {{ as_of() }} - {{ days }} then page_view_count else 0
        end) as page_view_count_{{ days }}_days,
        {%- endfor %}
        min(started_at) as first_visit_at,
        max(ended_at) as last_visit_at
    from sessions
    group by customer_id
),

actions as (
    select
        customer_id,
        count_if(event_type = 'product viewed') as product_view_count,
        {%- for days in [30, 90] %}
        count_if(
            event_type = 'product viewed' and occurred_on >= {{ as_of() }} - {{ days }}
        ) as product_view_count_{{ days }}_days,
        {%- endfor %}
        count_if(event_type = 'product added') as cart_add_count,
        count_if(event_type = 'form submitted') as form_count,
        count_if(event_type = 'products searched') as search_count,
        max(case
            when event_type in ('product added', 'checkout started') then occurred_at
        end) as last_cart_at
    from timeline
    group by customer_id
),

-- Who is known by a name on a page is there without a session of its own.
known as (
    select customer_id from visits
    union distinct
    select customer_id from actions
)

select
    known.customer_id,
    firsts.channel_group as first_channel_group,
    firsts.source as first_source,
    firsts.medium as first_medium,
    firsts.campaign as first_campaign,
    firsts.referrer_host as first_referrer_host,
    firsts.landing_path as first_landing_path,
    lasts.channel_group as last_non_direct_channel_group,
    lasts.source as last_non_direct_source,
    lasts.medium as last_non_direct_medium,
    lasts.campaign as last_non_direct_campaign,
    lasts.referrer_host as last_non_direct_referrer_host,
    lasts.landing_path as last_non_direct_landing_path,
    lasts.started_at as last_non_direct_visit_at,
    visits.session_count,
    visits.session_count_30_days,
    visits.session_count_90_days,
    visits.engaged_session_count,
    visits.engaged_session_count_30_days,
    visits.engaged_session_count_90_days,
    visits.page_view_count,
    visits.page_view_count_30_days,
    visits.page_view_count_90_days,
    visits.conversion_count,
    actions.product_view_count,
    actions.product_view_count_30_days,
    actions.product_view_count_90_days,
    actions.cart_add_count,
    actions.form_count,
    actions.search_count,
    actions.last_cart_at,
    visits.first_visit_at,
    visits.last_visit_at
from known
left join visits on known.customer_id = visits.customer_id
left join actions on known.customer_id = actions.customer_id
left join ranked as firsts
    on known.customer_id = firsts.customer_id and firsts.first_rank = 1
left join ranked as lasts
    on
        known.customer_id = lasts.customer_id
        and lasts.channel_group <> 'Direct'
        and lasts.last_rank = 1
