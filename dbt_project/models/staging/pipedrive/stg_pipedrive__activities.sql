-- One row per activity of Pipedrive, as last exported.
with
activities as (
    {{ current_rows(
        source('raw_pipedrive', 'activities'), 'activity_id',
        changed_at='updated_at'
    ) }}
)

select
    activity_id,
    deal_id,
    deal_title,
    lead_id,
    person_id,
    person_name,
    organization_id,
    organization_name,
    owner,
    lower(activity_type) as activity_type,
    subject,
    note,
    coalesce(
        done_at is not null
        or lower(done) in ('done', 'true', '1', 'yes', 'concluída'),
        false
    ) as is_done,
    duration,
    coalesce(
        try_cast(
            cast(try_cast(due_date as date) as string) || ' ' || due_time as timestamp
        ),
        {{ start_of_day('try_cast(due_date as date)') }}
    ) as due_at,
    {{ moment('created_at') }} as created_at,
    {{ moment('done_at') }} as done_at,
    {{ moment('updated_at') }} as updated_at,
    _file_id,
    _line,
    _load_id
from activities
