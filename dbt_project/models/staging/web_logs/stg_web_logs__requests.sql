-- One row per request the web server logged, bots and assets included.
with
access as (
    {{ current_rows(source('raw_web_logs', 'access'), keep='all') }}
),

delivered as (
    select
        access.*,
        -- Behind a proxy, the first address of the list is the visitor's.
        trim(split_part(coalesce(access.forwarded_for, access.remote_host), ',', 1))
            as client_address,
        coalesce(
            upper(access.method),
            nullif(upper(split_part(access.request, ' ', 1)), '')
        ) as request_method,
        coalesce(
            access.target || coalesce('?' || access.query, ''),
            nullif(split_part(access.request, ' ', 2), '')
        ) as request_target
    from access
)

select
    _file_id || ':' || cast(_line as string) as request_id,
    md5(coalesce(client_address, '') || '|' || coalesce(user_agent, '')) as visitor_id,
    virtual_host,
    request_method as method,
    request_target as target,
    split_part(request_target, '?', 1) as path,
    referrer,
    user_agent,
    try_cast(status as int) as status_code,
    try_cast(response_bytes as bigint) as response_bytes,
    {{ log_time('requested_at') }} as requested_at,
    _file_id,
    _line,
    _load_id
from delivered
