"""Safe repeats: one Idempotency-Key of one caller stands for one request, one effect and one answer.

`once` recognises a request, `keys` decides what becomes of it, `record_store` keeps it in DynamoDB.
"""
