"""A table of who is on duty."""

TABLE = """
[people.li]
name = { zh = "李值班", en = "Li" }
channels = ["li"]

[people.wang]
name = { zh = "王夜班", en = "Wang" }
channels = ["wang"]

[people.zhao]
name = { zh = "赵科长", en = "Zhao" }
channels = ["zhao"]

[[desks]]
department = "zz-ee"
shifts = [
    { name = { zh = "白班", en = "day" }, from = "08:00", to = "20:00", people = ["li"] },
    { name = { zh = "夜班", en = "night" }, from = "20:00", to = "08:00", people = ["wang"] },
]

[[desks]]
department = "zz-ee"
level = 2
shifts = [{ name = { zh = "全天", en = "all day" }, from = "00:00", to = "00:00", people = ["zhao"] }]

[[desks]]
department = "*"
shifts = [
    { name = { zh = "平日", en = "week" }, from = "00:00", to = "00:00", people = ["zhao"], days = [
        "mon", "tue", "wed", "thu", "fri",
    ] },
    { name = { zh = "周末", en = "weekend" }, from = "00:00", to = "00:00", days = ["sat", "sun"], people = ["li", "wang"] },
]
"""
