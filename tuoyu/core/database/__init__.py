"""数据库连接：PostgreSQL as Django knows it, with a cheaper way to see that it is still there."""
