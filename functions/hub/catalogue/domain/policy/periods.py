"""The periods of capacities and budgets, in UTC."""

HOUR, DAY, MONTH, EVER, AT_ONCE = "hour", "day", "month", "ever", "at_once"
