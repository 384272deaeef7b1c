-- One row per contact, company, deal or ticket that was merged into another.
with
survivors as (
    select
        'contact' as object_type,
        contact_id as survivor_id,
        merged_contact_ids as merged_ids
    from {{ ref('stg_hubspot__contacts') }}
    union all
    select
        'company' as object_type,
        company_id as survivor_id,
        merged_company_ids as merged_ids
    from {{ ref('stg_hubspot__companies') }}
    union all
    select
        'deal' as object_type,
        deal_id as survivor_id,
        merged_deal_ids as merged_ids
    from {{ ref('stg_hubspot__deals') }}
    union all
    select
        'ticket' as object_type,
        ticket_id as survivor_id,
        merged_ticket_ids as merged_ids
    from {{ ref('stg_hubspot__tickets') }}
),

-- The survivor names who is gone, in any version.
merged as (
    select distinct
        survivors.object_type,
        survivors.survivor_id,
        trim(part.item) as merged_id
    from survivors
    {{ split_rows("survivors.merged_ids", ";", "part") }}
    where trim(part.item) <> survivors.survivor_id
)

-- Two that name each other are both there.
select
    merged.object_type,
    merged.merged_id,
    min(merged.survivor_id) as survivor_id
from merged
left join merged as mirrored
    on
        merged.object_type = mirrored.object_type
        and merged.merged_id = mirrored.survivor_id
        and merged.survivor_id = mirrored.merged_id
where mirrored.merged_id is null
group by merged.object_type, merged.merged_id
