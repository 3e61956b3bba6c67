"""Who may: owners, pairing, confirmations, authenticator codes, rejected users, pasted secrets."""
