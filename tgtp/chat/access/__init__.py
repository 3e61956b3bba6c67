"""Who may: owners, pairing, confirmations, authenticator codes, rejected users, pasted secrets; and who each user is."""
