-- Lines read = rows loaded + rows quarantined + repeats, file by file.
select path
from {{ ref('files') }}
where read_count <> loaded_count + quarantined_count + repeated_count
