"""/notify, /quiet, /lang, /theme, /keyboard: how one person wants to be told."""
