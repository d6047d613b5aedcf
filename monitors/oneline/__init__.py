"""A monitor in one line: `600519 1650-1680 tp 1800 sl 1600 once note "before the report"`.

`reading` and `writing` are pure and know neither stocks nor prices; `drafting` finds out what a
line means now.
"""
