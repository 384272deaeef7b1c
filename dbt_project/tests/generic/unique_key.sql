{# The columns together name one row, and none but the nullable ones is missing. #}
{% test unique_key(model, columns, nullable=[]) %}
select {{ (columns + nullable) | join(', ') }}
from {{ model }}
group by {{ (columns + nullable) | join(', ') }}
having count(*) > 1
{%- for column in columns %}
    or {{ column }} is null
{%- endfor %}
{% endtest %}
