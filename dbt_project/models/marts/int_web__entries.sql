-- One row per session: where it came from, and the channel that stands for it.
with
activity as (
    select * from {{ ref('int_web__sessionized') }}
),

sources as (
    select * from {{ ref('traffic_sources') }}
),

rules as (
    select * from {{ ref('channel_groups') }}
),

entries as (
    select
        session_id,
        page_url,
        page_path,
        occurred_at,
        {{ regex_replace(
            "lower(regexp_extract(referrer, '^https?://([^/:?#]+)', 1))", "^www[.]", ""
        ) }} as referrer_host,
        {{ regex_replace(
            "lower(regexp_extract(page_url, '^https?://([^/:?#]+)', 1))", "^www[.]", ""
        ) }} as page_host,
        lower(coalesce(
            nullif(utm_source, ''),
            nullif(regexp_extract(page_url, '[?&]utm_source=([^&#]*)', 1), '')
        )) as utm_source,
        lower(coalesce(
            nullif(utm_medium, ''),
            nullif(regexp_extract(page_url, '[?&]utm_medium=([^&#]*)', 1), '')
        )) as utm_medium,
        coalesce(
            nullif(utm_campaign, ''),
            nullif(regexp_extract(page_url, '[?&]utm_campaign=([^&#]*)', 1), '')
        ) as campaign,
        case
            when
                {{ regex_like("page_url", "'[?&](gclid|gbraid|wbraid|dclid)=[^&]'") }}
                then 'google'
            when {{ regex_like("page_url", "'[?&]fbclid=[^&]'") }} then 'meta'
            when {{ regex_like("page_url", "'[?&]msclkid=[^&]'") }} then 'microsoft'
            when {{ regex_like("page_url", "'[?&]ttclid=[^&]'") }} then 'tiktok'
            when {{ regex_like("page_url", "'[?&]li_fat_id=[^&]'") }} then 'linkedin'
            when {{ regex_like("page_url", "'[?&]twclid=[^&]'") }} then 'twitter'
        end as click_id_kind
    from activity
    where session_position = 1
),

-- A click id comes before tags, tags before the referrer.
origins as (
    select
        *,
        case
            when click_id_kind = 'meta' then 'facebook'
            when click_id_kind is not null then click_id_kind
            when utm_source is not null then utm_source
            when
                coalesce(referrer_host, '') not in ('', coalesce(page_host, ''))
                and referrer_host not in (
                    '{{ var("ignored_referrers") | join("', '") }}' -- noqa: LT05
                )
                then referrer_host
        end as source
    from entries
),

categorised as (
    select
        origins.*,
        sources.source_category,
        coalesce(
            origins.utm_medium,
            case
                when origins.utm_source is not null then null
                when origins.click_id_kind in ('google', 'microsoft') then 'cpc'
                when origins.source is null then null
                when sources.source_category = 'search' then 'organic'
                when sources.source_category = 'social' then 'social'
                when sources.source_category = 'email' then 'email'
                else 'referral'
            end
        ) as medium
    from origins
    left join sources on origins.source = sources.host_or_source
),

-- Few kinds of entry, many entries: the rules are tried once for each kind.
kinds as (
    select distinct
        coalesce(source, '') as source,
        coalesce(medium, '') as medium,
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
    categorised.session_id,
    categorised.page_path as landing_path,
    categorised.source,
    categorised.medium,
    categorised.campaign,
    categorised.click_id_kind,
    coalesce(matches.channel_group, 'Unassigned') as channel_group
from categorised
left join matches
    on
        coalesce(categorised.source, '') = matches.source
        and coalesce(categorised.medium, '') = matches.medium
        and coalesce(categorised.source_category, '') = matches.source_category
        and lower(coalesce(categorised.campaign, '')) = matches.campaign
        and coalesce(categorised.click_id_kind, '') = matches.click_id_kind
        and matches.match_rank = 1
