-- Of the linked pairs of a label set, at least min_precision are right.
select
    label_set,
    precision_rate
from {{ ref('identity_accuracy') }}
where slice_kind = 'all' and precision_rate < {{ var('min_precision') }}
