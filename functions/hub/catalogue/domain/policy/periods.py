"""For how long a capacity or a budget is meant, in UTC."""

HOUR, DAY, MONTH, EVER, AT_ONCE = "hour", "day", "month", "ever", "at_once"
