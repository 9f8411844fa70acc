"""沙盘的算法（纯函数）：rows in, answers out; no database."""
