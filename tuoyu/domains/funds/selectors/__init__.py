"""资金的读取：ledger and payments, a room each."""
