-- F1 on a label set is no more than max_accuracy_fall below the last night's.
select
    label_set,
    f1_rate,
    previous_f1_rate
from {{ ref('identity_accuracy') }}
where
    slice_kind = 'all'
    and coalesce(f1_rate, 0) < previous_f1_rate - {{ var('max_accuracy_fall') }}
