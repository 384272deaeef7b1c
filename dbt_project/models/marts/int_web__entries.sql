-- One row per session: where it came from, and the channel that stands for it.
{% set registered = "([^.]+[.](ac|co|com|edu|gob|gov|gouv|go|ne|net|or|org)[.][a-z][a-z]|[^.]+[.][^.]+)$" -%} -- noqa: LT05
with
pages as (
    select
        activity_key,
        visitor_key,
        session_second,
        row_number() over (
            partition by visitor_key, session_second
            order by occurred_at asc, activity_key asc
        ) as page_number
    from {{ ref('int_web__sessionized') }}
    where is_page_view
),

activity as (
    select
        *,
        {{ text_key("source_name || '|' || activity_id") }} as activity_key
    from {{ ref('conformed__web_activity') }}
    where is_page_view
),

sources as (
    select * from {{ ref('traffic_sources') }}
),

shared_sites as (
    select * from {{ ref('shared_domains') }}
    where kind = 'shared_site'
),

uncounted_days as (
    select * from {{ ref('int_web__uncounted_days') }}
),

rules as (
    select * from {{ ref('channel_groups') }}
),

-- A session comes from where its first page was asked for.
entries as (
    select
        pages.visitor_key,
        pages.session_second,
        activity.page_path,
        activity.page_host,
        activity.utm_source,
        activity.utm_medium,
        activity.utm_campaign,
        -- An app is named by its package: android-app://com.example.app/…
        nullif({{ regex_replace(
            "regexp_extract(lower(activity.referrer), '^[a-z-]+://([^/:?#]+)', 1)",
            "^www[.]|[.]$", ""
        ) }}, '') as referrer_host,
        case
            when lower(activity.page_url) like '%id=%'
                then nullif(regexp_extract(
                    lower(activity.page_url),
                    '[?&#;](gclid|gbraid|wbraid|dclid|fbclid|msclkid|ttclid|li_fat_id|twclid)=[^&#]', -- noqa: LT05
                    1
                ), '')
        end as click_id,
        uncounted_days.source_name is null as is_counted
    from pages
    inner join activity on pages.activity_key = activity.activity_key
    left join uncounted_days
        on
            activity.source_name = uncounted_days.source_name
            and coalesce(activity.page_host, '') = uncounted_days.page_host
            and cast(activity.occurred_at as date) = uncounted_days.active_on
    where pages.page_number = 1
),

referrers as (
    select distinct
        referrer_host,
        page_host
    from entries
    where referrer_host is not null
),

-- Own sites and payment pages, with their subdomains, are not where a visit came from.
ignored as (
    select
        referrers.referrer_host,
        referrers.page_host
    from referrers
    left join shared_sites
        on
            regexp_extract(referrers.page_host, '{{ registered }}', 1)
            = shared_sites.domain
    where
        referrers.referrer_host
        = {{ regex_replace("referrers.page_host", "^www[.]", "") }}
        or (
            shared_sites.domain is null
            and nullif(
                regexp_extract(referrers.referrer_host, '{{ registered }}', 1), ''
            ) = regexp_extract(referrers.page_host, '{{ registered }}', 1)
        )
        {%- for site in var('ignored_referrers') %}
        or '.' || referrers.referrer_host like '%.{{ site }}'
        {%- endfor %}
),

-- A click id says that the visit was paid for, and by whom where nothing else does.
origins as (
    select
        entries.*,
        case
            when entries.click_id in ('gclid', 'gbraid', 'wbraid', 'dclid')
                then 'google'
            when entries.click_id = 'fbclid' then 'meta'
            when entries.click_id = 'msclkid' then 'microsoft'
            when entries.click_id = 'ttclid' then 'tiktok'
            when entries.click_id = 'li_fat_id' then 'linkedin'
            when entries.click_id = 'twclid' then 'twitter'
        end as click_id_kind,
        ignored.referrer_host is not null as is_ignored,
        lower(coalesce(
            entries.utm_source,
            case when ignored.referrer_host is null then entries.referrer_host end
        )) as place
    from entries
    left join ignored
        on
            entries.referrer_host = ignored.referrer_host
            and entries.page_host is not distinct from ignored.page_host
),

places as (
    select distinct place from origins
    where place is not null
),

-- google.com stands for all its subdomains, unless one of them is listed itself.
parents as (
    select
        place,
        place as parent
    from places
    {%- for depth in range(1, 5) %}
    union distinct
    select
        place,
        {{ regex_replace("place", "^([^.]+[.]){" ~ depth ~ "}", "") }} as parent
    from places
    where place like '%.%.%'
    {%- endfor %}
),

listed as (
    select
        parents.place,
        sources.host_or_source,
        sources.source_category,
        sources.engine,
        row_number() over (
            partition by parents.place
            order by length(parents.parent) desc nulls last
        ) as place_rank
    from parents
    inner join sources on parents.parent = sources.host_or_source
    where parents.parent = parents.place or parents.parent like '%.%'
),

named as (
    select
        origins.visitor_key,
        origins.session_second,
        origins.page_path,
        origins.is_counted,
        origins.is_ignored,
        origins.referrer_host,
        origins.click_id_kind,
        origins.utm_campaign as campaign,
        coalesce(
            origins.utm_source,
            listed.engine,
            listed.host_or_source,
            origins.place,
            case
                when origins.click_id_kind = 'meta' then 'facebook'
                else origins.click_id_kind
            end
        ) as source,
        coalesce(
            origins.utm_medium,
            case
                when origins.click_id_kind is not null then 'cpc'
                when origins.utm_source is not null or origins.place is null then null
                when listed.source_category = 'search' then 'organic'
                when listed.source_category = 'social' then 'social'
                when listed.source_category = 'email' then 'email'
                else 'referral'
            end
        ) as medium,
        listed.source_category
    from origins
    left join listed on origins.place = listed.place and listed.place_rank = 1
),

-- Back from a payment page, or from the site itself, a visit keeps its last origin.
remembered as (
    select
        *,
        case
            when is_ignored and coalesce(source, medium, campaign) is null
                then max(
                    case
                        when coalesce(source, medium, campaign) is not null
                            then session_second
                    end
                ) over (
                    partition by visitor_key
                    order by session_second asc
                    rows between unbounded preceding and current row
                )
            else session_second
        end as origin_second
    from named
),

categorised as (
    select
        remembered.visitor_key,
        remembered.session_second,
        remembered.page_path as landing_path,
        remembered.is_counted,
        origin.referrer_host,
        origin.source,
        origin.medium,
        origin.campaign,
        origin.click_id_kind,
        origin.source_category
    from remembered
    left join named as origin
        on
            remembered.visitor_key = origin.visitor_key
            and remembered.origin_second = origin.session_second
),

-- Few kinds of entry, many entries: the rules are tried once for each kind.
kinds as (
    select distinct
        lower(coalesce(source, '')) as source,
        lower(coalesce(medium, '')) as medium,
        coalesce(source_category, '') as source_category,
        lower(coalesce(campaign, '')) as campaign,
        coalesce(click_id_kind, '') as click_id_kind
    from categorised
),

matches as (
    select
        kinds.source,
        kinds.medium,
        kinds.source_category,
        kinds.campaign,
        kinds.click_id_kind,
        rules.channel_group,
        row_number() over (
            partition by
                kinds.source,
                kinds.medium,
                kinds.source_category,
                kinds.campaign,
                kinds.click_id_kind
            order by rules.priority asc, rules.channel_group asc
        ) as match_rank
    from kinds
    inner join rules
        on
            (
                rules.source_pattern is null
                or {{ regex_like("kinds.source", "rules.source_pattern") }}
            )
            and (
                rules.medium_pattern is null
                or {{ regex_like("kinds.medium", "rules.medium_pattern") }}
            )
            and (
                rules.campaign_pattern is null
                or {{ regex_like("kinds.campaign", "rules.campaign_pattern") }}
            )
            and (
                rules.source_category is null
                or kinds.source_category = rules.source_category
            )
            and (
                rules.click_id_kind is null or kinds.click_id_kind = rules.click_id_kind
            )
            and rules.valid_from <= {{ as_of() }}
            and (rules.valid_to is null or {{ as_of() }} < rules.valid_to)
)

select
    categorised.visitor_key,
    categorised.session_second,
    categorised.landing_path,
    categorised.referrer_host,
    categorised.source,
    categorised.medium,
    categorised.campaign,
    categorised.click_id_kind,
    coalesce(matches.channel_group, 'Unassigned') as channel_group,
    categorised.is_counted
from categorised
left join matches
    on
        lower(coalesce(categorised.source, '')) = matches.source
        and lower(coalesce(categorised.medium, '')) = matches.medium
        and coalesce(categorised.source_category, '') = matches.source_category
        and lower(coalesce(categorised.campaign, '')) = matches.campaign
        and coalesce(categorised.click_id_kind, '') = matches.click_id_kind
        and matches.match_rank = 1
