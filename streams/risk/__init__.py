"""常态化风险监测: the standing watch over the data themselves (数据安全法 29, 政务数据共享条例 35)."""
