"""The words of the directory's codes in both languages: those of 令809, 数据安全法 and 个人信息保护法."""

from collections.abc import Mapping

from streams.messages import Text

SHARING: Mapping[str, Text] = {
    "unconditional": Text("无条件共享", "Unconditional"),
    "conditional": Text("有条件共享", "Conditional"),
    "none": Text("不予共享", "Not shared"),
}
WAY: Mapping[str, Text] = {
    "service": Text("服务接口", "Service"),
    "batch": Text("批量交换", "Batch"),
    "file": Text("文件下载", "File"),
}
FREQUENCY: Mapping[str, Text] = {
    "realtime": Text("实时", "Real time"),
    "minute": Text("每分钟级", "Minutes"),
    "hourly": Text("每小时", "Hourly"),
    "daily": Text("每日", "Daily"),
    "monthly": Text("每月", "Monthly"),
    "yearly": Text("每年", "Yearly"),
    "event": Text("事件发生即报", "At each event"),
}
LEVEL: Mapping[str, Text] = {
    "general": Text("一般", "General"),
    "important": Text("重要", "Important"),
    "core": Text("核心", "Core"),
}
LEVEL_STATUS: Mapping[str, Text] = {
    "proposed": Text("拟识别", "Proposed"),
    "declared": Text("已申报", "Declared"),
    "confirmed": Text("已确认", "Confirmed"),
}
PERSONAL: Mapping[str, Text] = {
    "none": Text("无", "None"),
    "personal": Text("个人信息", "Personal"),
    "sensitive": Text("敏感个人信息", "Sensitive"),
}
ORIGIN: Mapping[str, Text] = {
    "device": Text("设备", "Devices"),
    "own": Text("本系统", "Own system"),
    "platform": Text("政务数据平台", "City's platform"),
}
