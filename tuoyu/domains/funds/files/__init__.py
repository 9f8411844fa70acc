"""付款的文件（纯函数）：bank files, bank returns, three-way reconciliation. No database here."""
