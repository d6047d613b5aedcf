"""When a day that is used up ends, for services that count days in China."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


def until_tomorrow_in_china(now: datetime) -> float:
    """Return the seconds to midnight in China."""
    here = now.astimezone(CHINA)
    midnight = (here + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight - here).total_seconds()
