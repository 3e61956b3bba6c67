"""/notify, /quiet, /lang, /theme: how one person wants to be told."""
