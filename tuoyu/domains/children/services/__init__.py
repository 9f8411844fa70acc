"""儿童的写入：consents, guardians, special status, revealing; each in a file of its own."""
