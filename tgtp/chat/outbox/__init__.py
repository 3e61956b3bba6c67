"""How alerts reach the phone: in order, batched, again after an outage, or by another service."""
